"""Files into the catalog: read with bounded memory, mapped by name, checked row by row, committed every thousand rows."""
