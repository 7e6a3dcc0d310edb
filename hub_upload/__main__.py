"""`python -m hub_upload`."""

from hub_upload.cli import main

if __name__ == "__main__":
    main()
