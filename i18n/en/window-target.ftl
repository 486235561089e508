target-title = To which Nextcloud?
target-lead = This is where your data will arrive.
