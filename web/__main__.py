"""`python -m web` is the web process."""

import sys

from web.serve import main

sys.exit(main())
