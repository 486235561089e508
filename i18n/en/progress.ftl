# Beside the progress bar.
progress-connecting = Connecting…
progress-surveying-source = Looking at the source: { $items } so far
progress-surveying-target = Looking at your Nextcloud: { $items } so far
progress-planning = Deciding: { $done } of { $total }
progress-verifying = Looking again: { $done } of { $total }
progress-items = { $done } of { $total }
progress-bytes = { $done } of { $total }
progress-left = { $time } to go
progress-failed = { $n } failed
