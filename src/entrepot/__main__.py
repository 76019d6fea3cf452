import sys

from entrepot.app.cli import main

sys.exit(main())
