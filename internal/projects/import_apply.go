package projects

import (
	"context"
	"slices"

	"birge/internal/obligations"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/imports"
	"birge/internal/platform/jobs"
	"birge/internal/platform/journal"
	"birge/internal/platform/ref"
)

// The acts of imports.
const (
	actImport = "projects.import"
	actUndo   = "projects.import.undo"
)

// touchedByHand tells which projects something other than imports, and what the
// portal itself does after them, has changed.
func touchedByHand(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]bool, error) {
	return journal.Touched(ctx, tx, KindProject, ids, actImport, actUndo, obligations.ActOwe, obligations.ActMove, obligations.ActTakeBack)
}

// The norms by which an agreement that came from a table owes reports: how many
// months each report tells of, and in how many working days after the end of its
// period it is due. The tables of public procurement tell neither.
const (
	normReportMonths = "report.interim"
	normReportDays   = "report.final"
)

// asksReports sets what an agreement owes that came from a table: by the norms of
// the day, from the period on in which the table was taken.
func (m *Importer) asksReports(tx *db.Tx, p *Project) {
	today, book := m.today(tx), m.norms.Book()
	months, asks := book.Norm(normReportMonths, today)
	days, ends := book.Norm(normReportDays, today)
	if asks && ends {
		p.Rhythm, p.Days = rhythmOf(months.Value.N), int(days.Value.N)
		m.laySchedule(tx, p, today)
	}
}

// laySchedule lays the schedule of an agreement that a table brought on a day.
func (m *Importer) laySchedule(tx *db.Tx, p *Project, taken db.Date) {
	p.ReportsFrom = reportsFrom(p.Rhythm, p.Starts, p.Ends, taken)
	p.reschedule(tx.NewID, m.dueAfter(p.Days))
}

// takenOn is the day on which a table brought the project.
func (s *Service) takenOn(p Project) db.Date { return db.DateOf(p.CreatedAt.In(s.zone)) }

// Apply enters new projects, hidden and without an entry until Show, and
// corrects those that stand.
func (m *Importer) Apply(ctx context.Context, tx *db.Tx, _ access.Actor, im imports.Import, rows []*imports.Row) error {
	var made []Project
	for _, r := range rows {
		j := r.Value.(judged)
		if r.Verdict == imports.Change {
			m.laySchedule(tx, &j.now, m.takenOn(j.now))
			if err := m.saveAgain(ctx, tx, j.as, actImport, j.before, &j.now); err != nil {
				return err
			}
			r.ThingVersion = j.now.Version
			continue
		}
		p := j.now
		p.ID, p.Version, p.ImportID, p.ImportRow, p.Hidden = tx.NewID(), 1, im.ID, r.Line, true
		p.NormsOn, p.CreatedAt = p.AgreedOn, db.At(tx.Now())
		p.Sample = m.isSample(p.PlaceID)
		p.Media = []Link{}
		m.asksReports(tx, &p)
		made = append(made, p)
		r.Thing, r.ThingVersion = p.ID, p.Version
	}
	return insertProjects(ctx, tx, made)
}

func (s *Service) isSample(place ref.ID) bool {
	p, _ := s.places.Tree().Place(place)
	return p.Sample
}

// showStep is how many projects are journaled with one statement.
const showStep = 500

// saveAgain stores a project that a table corrects, or its undoing puts back; what
// it owed in the other state is owed no more.
func (m *Importer) saveAgain(ctx context.Context, tx *db.Tx, by access.Actor, act string, before Project, p *Project) error {
	if err := m.obligations.TakeBack(ctx, tx, by, KindProject, []ref.ID{p.ID}, ReportOwed); err != nil {
		return err
	}
	if err := m.save(ctx, tx, by, act, before, p); err != nil {
		return err
	}
	return m.owe(ctx, tx, by, *p)
}

// Show makes visible what Apply hid and writes the entry of each project. What
// they owe follows in small steps, so that others can write meanwhile.
func (m *Importer) Show(ctx context.Context, tx *db.Tx, by access.Actor, im imports.Import) error {
	if err := showImported(ctx, tx, im.ID); err != nil {
		return err
	}
	for last := 0; ; {
		list, err := importedAfter(ctx, tx, im.ID, last, showStep)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return jobs.Enqueue(ctx, tx, oweImported{im.ID})
		}
		if err := m.recordImported(ctx, tx, by, list); err != nil {
			return err
		}
		last = list[len(list)-1].ImportRow
	}
}

// oweImported is the job that makes what the projects of an import owe.
type oweImported struct {
	Import ref.ID `json:"import"`
}

func (oweImported) JobKind() string { return "projects.import.owe" }

// Register gives the runner the work that follows imports.
func (s *Service) Register(r *jobs.Runner) { jobs.Handle(r, s.oweImported) }

// oweStep is how many projects come to owe in one transaction.
const oweStep = 100

// oweImported makes the obligations of the projects of an import, those that are
// there already excepted, so it may run again.
func (s *Service) oweImported(ctx context.Context, job oweImported) error {
	for last, more := 0, true; more; {
		next := last
		err := s.db.Update(ctx, func(tx *db.Tx) error {
			list, err := importedAfter(ctx, tx, job.Import, last, oweStep)
			if err != nil {
				return err
			}
			for _, p := range list {
				if next = p.ImportRow; p.ended() {
					continue
				}
				if err := s.owe(ctx, tx, access.Portal("import"), p); err != nil {
					return err
				}
			}
			more = len(list) == oweStep
			return nil
		})
		if err != nil {
			return err
		}
		last = next
	}
	return nil
}

// recordImported writes the entries of new projects, each in the role that
// allowed it.
func (m *Importer) recordImported(ctx context.Context, tx *db.Tx, by access.Actor, list []Project) error {
	byRole := map[access.Grant][]journal.Pair{}
	var roles []access.Grant
	for _, p := range list {
		as, _ := mayImport(by, p, m.around(p)) // who lost the right since has had it for the row
		if _, ok := byRole[as.Acting]; !ok {
			roles = append(roles, as.Acting)
		}
		byRole[as.Acting] = append(byRole[as.Acting], journal.Pair{After: p})
	}
	for _, role := range roles {
		if err := journal.RecordMany(ctx, tx, by.As(role.Role, role.Scope), actImport, byRole[role]); err != nil {
			return err
		}
	}
	return nil
}

// Undo removes projects that an import entered, and gives those that it
// corrected their former state.
func (m *Importer) Undo(ctx context.Context, tx *db.Tx, by access.Actor, _ imports.Import, rows []*imports.Row) error {
	ids := make([]ref.ID, len(rows))
	for i, r := range rows {
		ids[i] = r.Thing
	}
	list, err := projectsByIDs(ctx, tx, ids)
	if err != nil {
		return err
	}
	byID := make(map[ref.ID]Project, len(list))
	for _, p := range list {
		byID[p.ID] = p
	}
	touched, err := touchedByHand(ctx, tx, ids)
	if err != nil {
		return err
	}
	var gone []Project
	for _, r := range rows {
		p, there := byID[r.Thing]
		as, err := mayImport(by, p, m.around(p))
		switch {
		case !there:
			r.Keep("projects.import.gone")
		case touched[p.ID] || p.Version != r.ThingVersion:
			r.Keep("projects.import.touched")
		case err != nil:
			r.Keep("projects.import.not_your_place")
		case r.Verdict == imports.Add:
			gone = append(gone, p)
		default:
			if err := m.putBack(ctx, tx, as, p, r); err != nil {
				return err
			}
		}
	}
	return m.remove(ctx, tx, by, gone)
}

// putBack gives a project the state that it had before the row.
func (m *Importer) putBack(ctx context.Context, tx *db.Tx, by access.Actor, p Project, r *imports.Row) error {
	was, ok, err := journal.Before(ctx, tx, p)
	if err != nil {
		return err
	}
	if !ok {
		r.Keep("projects.import.touched")
		return nil
	}
	return m.saveAgain(ctx, tx, by, actUndo, p, &was)
}

// remove takes projects away with what belongs to them.
func (m *Importer) remove(ctx context.Context, tx *db.Tx, by access.Actor, list []Project) error {
	if len(list) == 0 {
		return nil
	}
	pairs, ids := make([]journal.Pair, len(list)), make([]ref.ID, len(list))
	for i, p := range list {
		pairs[i].Before, ids[i] = p, p.ID
	}
	if err := m.obligations.TakeBack(ctx, tx, by, KindProject, ids, ReportOwed); err != nil {
		return err
	}
	for part := range slices.Chunk(ids, 300) {
		if err := deleteProjects(ctx, tx, part); err != nil {
			return err
		}
	}
	return journal.RecordMany(ctx, tx, by, actUndo, pairs)
}

// withNumbers gives the projects whose agreements have one of the numbers.
func withNumbers(ctx context.Context, tx *db.Tx, numbers []string) (out []Project, err error) {
	for part := range slices.Chunk(numbers, 300) {
		some, err := db.All(ctx, tx, scanProject, `SELECT `+projectColumns+` FROM projects WHERE agreement_no IN `+db.In(1, len(part)), db.Args(nil, part)...)
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	return out, nil
}

// showImported makes the projects of an import visible.
func showImported(ctx context.Context, tx *db.Tx, id ref.ID) error {
	_, err := tx.Exec(ctx, `UPDATE projects SET hidden = FALSE WHERE import_id = $1 AND hidden = TRUE`, id)
	return err
}

// importedAfter gives the next projects that an import entered, by their row.
func importedAfter(ctx context.Context, tx *db.Tx, id ref.ID, row, limit int) ([]Project, error) {
	return db.All(ctx, tx, scanProject, `SELECT `+projectColumns+` FROM projects
		WHERE import_id = $1 AND import_row > $2 ORDER BY import_row LIMIT $3`, id, row, limit)
}

// deleteProjects removes projects that have nothing but a plan and an agreement.
func deleteProjects(ctx context.Context, tx *db.Tx, ids []ref.ID) error {
	if _, err := tx.Exec(ctx, `DELETE FROM project_years WHERE project_id IN `+db.In(1, len(ids)), db.Args(nil, ids)...); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM projects WHERE id IN `+db.In(1, len(ids)), db.Args(nil, ids)...)
	return err
}
