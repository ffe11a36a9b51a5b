package projects

import (
	"birge/internal/platform/journal"
)

// Kinds tells the journal how to read the rows of this room. Hidden projects
// are rows of an import on their way in, which no entry tells of yet.
func Kinds() []journal.Kind {
	return []journal.Kind{
		{Name: KindProgramme, Example: Programme{}, Rows: journal.RowsOf(scanProgramme, `SELECT `+programmeColumns+` FROM programmes ORDER BY id`)},
		{Name: KindProject, Example: Project{}, Rows: journal.RowsOf(scanProject, `SELECT `+projectColumns+` FROM projects WHERE hidden = FALSE ORDER BY id`)},
		{Name: KindEvent, Example: Event{}, Rows: journal.RowsOf(scanEvent, `SELECT `+eventColumns+` FROM project_events ORDER BY id`)},
		{Name: KindReport, Example: Report{}, Rows: journal.RowsOf(scanReport, `SELECT `+reportColumns+` FROM project_reports ORDER BY id`)},
		{Name: KindFile, Example: File{}, Rows: journal.RowsOf(scanFile, `SELECT `+fileColumns+` FROM project_files ORDER BY id`)},
		{Name: KindAmendment, Example: Amendment{}, Rows: journal.RowsOf(scanAmendment, `SELECT `+amendmentColumns+` FROM project_amendments ORDER BY id`)},
	}
}
