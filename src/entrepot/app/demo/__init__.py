"""The demo: two sandbox marketplaces, a sample seller, buyers, and the whole product around them."""
