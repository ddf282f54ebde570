"""The plan as files: MS Project XML and iCalendar out; MS Project XML and tables in.

`project_xml` and `calendar_file` write the plan of a worked-out case. `project_xml_in` and
`table_in` read plans that others have written into what `rows` holds: steps that may leave
things unsaid, and remarks on what was left out or read otherwise.
"""
