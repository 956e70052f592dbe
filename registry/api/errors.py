"""Every error of the API as a problem document (RFC 9457)."""
