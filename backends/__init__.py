"""Model servers, one file each."""
