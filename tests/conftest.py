"""Makes what tests share (`real_parts`) importable from every test folder."""
