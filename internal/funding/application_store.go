package funding

import (
	"context"
	"strconv"
	"strings"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
)

const draftColumns = `id, call_id, round, org_id, form_id, form_version, state, application_id, mendable, created_by, created_at, sample, version`

func scanDraft(r db.Row) (d ApplicationDraft, err error) {
	err = r.Scan(&d.ID, &d.CallID, &d.Round, &d.OrgID, &d.FormID, &d.FormVersion, &d.State, &d.Application, db.AsJSON(&d.Only),
		&d.CreatedBy, &d.CreatedAt, &d.Sample, &d.Version)
	return d, err
}

func insertDraft(ctx context.Context, tx *db.Tx, d ApplicationDraft) error {
	_, err := tx.Exec(ctx, `INSERT INTO application_drafts (`+draftColumns+`) VALUES (`+slots(13)+`)`,
		d.ID, d.CallID, d.Round, d.OrgID, d.FormID, d.FormVersion, string(d.State), d.Application, db.AsJSON(&d.Only), d.CreatedBy, d.CreatedAt, d.Sample, d.Version)
	return err
}

// updateDraft stores d, whose version is already the new one.
func updateDraft(ctx context.Context, tx *db.Tx, d ApplicationDraft) error {
	return tx.ExecOne(ctx, `UPDATE application_drafts SET form_id = $3, form_version = $4, state = $5, application_id = $6, mendable = $7, version = $8
		WHERE id = $1 AND version = $2`, d.ID, d.Version-1, d.FormID, d.FormVersion, string(d.State), d.Application, db.AsJSON(&d.Only), d.Version)
}

func draftByID(ctx context.Context, tx *db.Tx, id ref.ID) (ApplicationDraft, error) {
	return db.One(ctx, tx, scanDraft, `SELECT `+draftColumns+` FROM application_drafts WHERE id = $1`, id)
}

// draftsFor gives the drafts of an organization for a round, the newest first.
func draftsFor(ctx context.Context, tx *db.Tx, call ref.ID, round int, org ref.ID) ([]ApplicationDraft, error) {
	return db.All(ctx, tx, scanDraft, `SELECT `+draftColumns+` FROM application_drafts WHERE call_id = $1 AND round = $2 AND org_id = $3 ORDER BY id DESC`, call, round, org)
}

// draftsOf gives the drafts of organizations, the newest first.
func draftsOf(ctx context.Context, tx *db.Tx, orgs []ref.ID, limit int) ([]ApplicationDraft, error) {
	return db.All(ctx, tx, scanDraft, `SELECT `+draftColumns+` FROM application_drafts WHERE org_id IN `+db.In(1, len(orgs))+
		` ORDER BY id DESC LIMIT `+strconv.Itoa(limit), db.Args(nil, orgs)...)
}

const fieldColumns = `name, typed, version, written_by, written_at, since`

func scanField(r db.Row) (f DraftField, err error) {
	err = r.Scan(&f.Name, db.AsJSON(&f.Values), &f.Version, &f.By, &f.At, &f.Since)
	return f, err
}

func fieldsOf(ctx context.Context, tx *db.Tx, draft ref.ID) ([]DraftField, error) {
	return db.All(ctx, tx, scanField, `SELECT `+fieldColumns+` FROM application_fields WHERE draft_id = $1 ORDER BY name`, draft)
}

// fieldsNamed gives those of the named fields that were ever written.
func fieldsNamed(ctx context.Context, tx *db.Tx, draft ref.ID, names []string) (map[string]DraftField, error) {
	list, err := db.All(ctx, tx, scanField, `SELECT `+fieldColumns+` FROM application_fields WHERE draft_id = $1 AND name IN `+db.In(2, len(names)),
		db.Args([]any{draft}, names)...)
	byName := make(map[string]DraftField, len(list))
	for _, f := range list {
		byName[f.Name] = f
	}
	return byName, err
}

func countFields(ctx context.Context, tx *db.Tx, draft ref.ID) (int64, error) {
	return db.One(ctx, tx, db.Value[int64], `SELECT count(*) FROM application_fields WHERE draft_id = $1`, draft)
}

func putField(ctx context.Context, tx *db.Tx, draft ref.ID, f DraftField) error {
	_, err := tx.Exec(ctx, `INSERT INTO application_fields (draft_id, `+fieldColumns+`) VALUES (`+slots(7)+`)
		ON CONFLICT (draft_id, name) DO UPDATE SET typed = excluded.typed, version = excluded.version, written_by = excluded.written_by,
		written_at = excluded.written_at, since = excluded.since`,
		draft, f.Name, db.AsJSON(&f.Values), f.Version, f.By, f.At, f.Since)
	return err
}

const pastColumns = `name, typed, written_by, written_at, aside`

func scanPast(r db.Row) (p PastField, err error) {
	err = r.Scan(&p.Name, db.AsJSON(&p.Values), &p.By, &p.At, &p.Aside)
	return p, err
}

// mostPast is how many earlier texts of a field are kept.
const mostPast = 100

func putPast(ctx context.Context, tx *db.Tx, draft ref.ID, p PastField) error {
	if _, err := tx.Exec(ctx, `INSERT INTO application_past_fields (id, draft_id, `+pastColumns+`) VALUES (`+slots(7)+`)`,
		tx.NewID(), draft, p.Name, db.AsJSON(&p.Values), p.By, p.At, p.Aside); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM application_past_fields WHERE draft_id = $1 AND name = $2 AND id <
		(SELECT min(id) FROM (SELECT id FROM application_past_fields WHERE draft_id = $1 AND name = $2 ORDER BY id DESC LIMIT $3) newest)`,
		draft, p.Name, mostPast)
	return err
}

// pastOf gives what a field said before, the latest first.
func pastOf(ctx context.Context, tx *db.Tx, draft ref.ID, name string) ([]PastField, error) {
	return db.All(ctx, tx, scanPast, `SELECT `+pastColumns+` FROM application_past_fields WHERE draft_id = $1 AND name = $2 ORDER BY id DESC`, draft, name)
}

const paperColumns = `file_id, paper, name, media_type, size`

func scanPaper(r db.Row) (p PaperFile, err error) {
	err = r.Scan(&p.FileID, &p.Paper, &p.Name, &p.MediaType, &p.Size)
	return p, err
}

func papersOf(ctx context.Context, tx *db.Tx, draft ref.ID) ([]PaperFile, error) {
	return db.All(ctx, tx, scanPaper, `SELECT `+paperColumns+` FROM application_papers WHERE draft_id = $1 ORDER BY paper, file_id`, draft)
}

func insertPaper(ctx context.Context, tx *db.Tx, draft ref.ID, p PaperFile) error {
	_, err := tx.Exec(ctx, `INSERT INTO application_papers (draft_id, `+paperColumns+`) VALUES (`+slots(6)+`)`,
		draft, p.FileID, p.Paper, p.Name, p.MediaType, p.Size)
	return err
}

const applicationColumns = `id, number, call_id, round, org_id, draft_id, form_id, form_version, proposal, answers, papers, contact, state,
	submitted_at, submitted_by, mended_at, checks, checked_at, checked_by, returned_at, mend, fix_due, withdrawn_at, reason, norms_on, sample, version`

func scanApplication(r db.Row) (a Application, err error) {
	err = r.Scan(&a.ID, &a.Number, &a.CallID, &a.Round, &a.OrgID, &a.DraftID, &a.FormID, &a.FormVersion, db.AsJSON(&a.Proposal), db.AsJSON(&a.Answers),
		db.AsJSON(&a.Papers), db.AsJSON(&a.Contact), &a.State, &a.SubmittedAt, &a.SubmittedBy, &a.MendedAt, db.AsJSON(&a.Check), &a.CheckedAt, &a.CheckedBy,
		&a.ReturnedAt, db.AsJSON(&a.Mend), &a.FixDue, &a.WithdrawnAt, &a.Reason, &a.NormsOn, &a.Sample, &a.Version)
	return a, err
}

func insertApplication(ctx context.Context, tx *db.Tx, a Application) error {
	_, err := tx.Exec(ctx, `INSERT INTO applications (`+applicationColumns+`, place_id, sphere, asked, folded, topic_id) VALUES (`+slots(32)+`)`,
		a.ID, a.Number, a.CallID, a.Round, a.OrgID, a.DraftID, a.FormID, a.FormVersion, db.AsJSON(&a.Proposal), db.AsJSON(&a.Answers),
		db.AsJSON(&a.Papers), db.AsJSON(&a.Contact), string(a.State), a.SubmittedAt, a.SubmittedBy, a.MendedAt, db.AsJSON(&a.Check), a.CheckedAt, a.CheckedBy,
		a.ReturnedAt, db.AsJSON(&a.Mend), a.FixDue, a.WithdrawnAt, a.Reason, a.NormsOn, a.Sample, a.Version,
		a.Proposal.PlaceID, a.Proposal.Sphere, a.Proposal.Asked, a.folded(), a.Proposal.TopicID)
	return err
}

// updateApplication stores a, whose version is already the new one; it fails with
// a Conflict when the row changed since a was read.
func updateApplication(ctx context.Context, tx *db.Tx, a Application) error {
	return tx.ExecOne(ctx, `UPDATE applications SET form_id = $3, form_version = $4, proposal = $5, answers = $6, papers = $7, contact = $8, state = $9,
		mended_at = $10, checks = $11, checked_at = $12, checked_by = $13, returned_at = $14, mend = $15, fix_due = $16, withdrawn_at = $17,
		reason = $18, place_id = $19, sphere = $20, asked = $21, version = $22, folded = $23, topic_id = $24 WHERE id = $1 AND version = $2`,
		a.ID, a.Version-1, a.FormID, a.FormVersion, db.AsJSON(&a.Proposal), db.AsJSON(&a.Answers), db.AsJSON(&a.Papers), db.AsJSON(&a.Contact), string(a.State),
		a.MendedAt, db.AsJSON(&a.Check), a.CheckedAt, a.CheckedBy, a.ReturnedAt, db.AsJSON(&a.Mend), a.FixDue, a.WithdrawnAt,
		a.Reason, a.Proposal.PlaceID, a.Proposal.Sphere, a.Proposal.Asked, a.Version, a.folded(), a.Proposal.TopicID)
}

// folded is what an application is found by in the list of a call.
func (a Application) folded() string { return search.Fold(a.Number + " " + a.Proposal.Title.Words()) }

func applicationByID(ctx context.Context, tx *db.Tx, id ref.ID) (Application, error) {
	return db.One(ctx, tx, scanApplication, `SELECT `+applicationColumns+` FROM applications WHERE id = $1`, id)
}

// applicationsAfter gives the next applications by id.
func applicationsAfter(ctx context.Context, tx *db.Tx, last ref.ID, limit int) ([]Application, error) {
	return db.All(ctx, tx, scanApplication, `SELECT `+applicationColumns+` FROM applications WHERE id > $1 ORDER BY id LIMIT $2`, int64(last), limit)
}

// roundID is the id of a round of a call; it is made when it is first asked for.
func roundID(ctx context.Context, tx *db.Tx, call ref.ID, no int) (ref.ID, error) {
	if _, err := tx.Exec(ctx, `INSERT INTO call_rounds (id, call_id, no) VALUES ($1, $2, $3) ON CONFLICT (call_id, no) DO NOTHING`, tx.NewID(), call, no); err != nil {
		return 0, err
	}
	return db.One(ctx, tx, db.Value[ref.ID], `SELECT id FROM call_rounds WHERE call_id = $1 AND no = $2`, call, no)
}

// latestEntry is the newest time of which the journal tells.
func latestEntry(ctx context.Context, tx *db.Tx) (at db.Time, err error) {
	at, _, err = db.Maybe(ctx, tx, db.Value[db.Time], `SELECT at FROM journal_entries ORDER BY id DESC LIMIT 1`)
	return at, err
}

// slots are the placeholders of so many values.
func slots(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = "$" + strconv.Itoa(i+1)
	}
	return strings.Join(list, ", ")
}
