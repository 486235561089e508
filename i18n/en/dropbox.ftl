reason-restricted-content = Dropbox has blocked this file at the demand of a rights holder or an authority, and hands it out to nobody. Nothing can be moved; ask Dropbox’s support if you think that this is wrong.
reason-other-format = Dropbox does not export it in the format that you chose, so it arrives in the nearest one that there is. Nothing to do.
