"""Charts as inline SVG: drawn at the width of a phone, coloured by the page's style sheet alone."""
