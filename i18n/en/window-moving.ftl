moving-title = The move
moving-lead = You can close the window: next time, it goes on from here.
moving-progress = Progress of the move
moving-pause = Pause
moving-resume = Resume
moving-next = See the report
