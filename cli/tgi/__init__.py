"""`ayllu tgi`: a TGI server of one's own, in a container that is called `ayllu-tgi`."""
