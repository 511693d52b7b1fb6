"""HTTP/1.1 as it arrives: checked byte by byte before a lenient parser sees it."""
