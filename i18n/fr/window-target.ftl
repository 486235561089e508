target-title = Vers quel Nextcloud ?
target-lead = C’est là que vos données arriveront.
