unit-b = { $n } B
unit-kb = { $n } kB
unit-mb = { $n } MB
unit-gb = { $n } GB
unit-tb = { $n } TB
unit-rate = { $size }/s
unit-percent = { $n }%

duration-seconds = { $seconds } s
duration-minutes = { $minutes } min { $seconds } s
duration-hours = { $hours } h { $minutes } min
duration-days = { $days } d { $hours } h

count-items =
    { $n ->
        [one] { $n } item
       *[other] { $n } items
    }
count-files =
    { $n ->
        [one] { $n } file
       *[other] { $n } files
    }
count-folders =
    { $n ->
        [one] { $n } folder
       *[other] { $n } folders
    }

# The folders that the migration itself makes.
folder-shared-drives = Shared drives
folder-shared-with-me = Shared with me
folder-orphans = Orphans

# A date. $day and $month are numbers.
date-day =
    { $day ->
        [1] 1
       *[other] { $day }
    } { $month ->
        [1] January
        [2] February
        [3] March
        [4] April
        [5] May
        [6] June
        [7] July
        [8] August
        [9] September
        [10] October
        [11] November
       *[other] December
    } { $year }
