"""`python -m datacraft.cli` is the command `datacraft`."""

import sys

from datacraft.cli import main

sys.exit(main())
