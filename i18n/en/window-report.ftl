report-title = The report
report-next = Back to the start
