"""Cloakroom's library: raw datasets in, datasets a team may train on out."""
