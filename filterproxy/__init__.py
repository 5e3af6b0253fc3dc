"""A local proxy that takes adverts, recommendation lists and trackers out of news pages."""
