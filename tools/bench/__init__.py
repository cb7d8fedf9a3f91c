"""How long the commands take that people wait for, as ratios measured in one run: machines differ, ratios less."""
