"""What chapter 13 uses and no other: pictures of filters and maps, drawn faces whose truth is known, failures."""
