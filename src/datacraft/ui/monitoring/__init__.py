"""The page Monitoring: how production is doing, what is wrong and who looks after it, and the questions behind it."""
