"""`python -m demo.crm --port 0 --secret-file FILE`."""

import sys

from demo.crm.cli import main

sys.exit(main())
