preview-title = This is what would happen
preview-lead = Nothing has moved yet.
preview-go = Move now
