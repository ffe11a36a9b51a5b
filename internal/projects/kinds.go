package projects

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/journal"
)

// Kinds tells the journal how to read the rows of this room. Hidden projects
// are rows of an import on their way in, which no entry tells of yet.
func Kinds() []journal.Kind {
	return []journal.Kind{
		{Name: KindProgramme, Example: Programme{}, Rows: rowsOf(scanProgramme, `SELECT `+programmeColumns+` FROM programmes ORDER BY id`)},
		{Name: KindProject, Example: Project{}, Rows: rowsOf(scanProject, `SELECT `+projectColumns+` FROM projects WHERE hidden = FALSE ORDER BY id`)},
		{Name: KindEvent, Example: Event{}, Rows: rowsOf(scanEvent, `SELECT `+eventColumns+` FROM project_events ORDER BY id`)},
		{Name: KindReport, Example: Report{}, Rows: rowsOf(scanReport, `SELECT `+reportColumns+` FROM project_reports ORDER BY id`)},
		{Name: KindFile, Example: File{}, Rows: rowsOf(scanFile, `SELECT `+fileColumns+` FROM project_files ORDER BY id`)},
		{Name: KindAmendment, Example: Amendment{}, Rows: rowsOf(scanAmendment, `SELECT `+amendmentColumns+` FROM project_amendments ORDER BY id`)},
	}
}

func rowsOf[T journal.Thing](scan func(db.Row) (T, error), query string) func(context.Context, *db.Tx, func(journal.Thing) error) error {
	return func(ctx context.Context, tx *db.Tx, yield func(journal.Thing) error) error {
		return db.Each(ctx, tx, scan, func(v T) error { return yield(v) }, query)
	}
}
