// Package imports takes tables that officers hand in.
//
// A table is staged first: every row is read and judged, and the officer sees
// what would be added, what would be changed and what is refused and why, before
// anything happens. Taken, the good rows are applied in small batches by a job;
// a crash between two batches loses and doubles nothing, because the place that
// was reached is kept in the same transaction as the batch. What is new stays
// hidden, and no entry of the journal tells of it, until the last transaction
// shows all of it at once; so no letter and no feed runs ahead. An import can be
// undone: what nobody has touched since goes back to what it was, the rest is
// listed and stays.
//
// The package knows nothing of what the rows mean. A room declares a Kind, which
// names the columns and judges, applies, shows and undoes rows.
package imports

import (
	"context"
	"strings"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/table"
)

// State is how far an import is.
type State string

// The states of an import.
const (
	Reading  State = "reading"  // rows are being read and judged
	Failed   State = "failed"   // the table cannot be read to its end; see Refusal
	Checked  State = "checked"  // waits for the officer's word
	Dropped  State = "dropped"  // the officer did not want it
	Applying State = "applying" // good rows are being applied, hidden
	Done     State = "done"
	Undoing  State = "undoing"
	Undone   State = "undone"
)

// Working tells that a job is at it.
func (s State) Working() bool { return s == Reading || s == Applying || s == Undoing }

// Counts tells how many rows an import has, and what becomes of them.
type Counts struct {
	Read, Add, Change, Same, Refused int64 // by verdict
	Applied, Undone, Kept            int64 // by outcome
}

// Good is how many rows the import would apply.
func (c Counts) Good() int64 { return c.Add + c.Change }

// Import is one table that was handed in.
type Import struct {
	ID       ref.ID `json:"id"`
	Version  int64  `json:"version"`
	Kind     string `json:"kind"`
	FileName string `json:"file_name"`
	FileID   ref.ID `json:"file_id"`
	SHA256   string `json:"sha256"`
	UserID   ref.ID `json:"user_id"` // 0 when the command line handed it in
	State    State  `json:"state"`
	// Refusal says why the state is Failed.
	Refusal problem.Fault `json:"-"`
	// Header are the names of the columns as the table has them.
	Header    []string `json:"header"`
	CreatedAt db.Time  `json:"created_at"`
	DoneAt    db.Time  `json:"done_at"`
	// Counts move with each batch; the rows themselves prove them.
	Counts Counts `json:"-"`
	cursor int
}

// KindName is the kind of the ref of an import.
const KindName = "import"

// Ref names the import.
func (im Import) Ref() ref.Ref {
	name := i18n.Text{KK: im.FileName, RU: im.FileName, EN: im.FileName}
	return ref.Ref{Kind: KindName, ID: im.ID, Title: name, Path: "/desk/imports/tables/" + im.ID.String()}
}

// JournalVersion is the version of the row.
func (im Import) JournalVersion() int64 { return im.Version }

// Column is a column of a kind of import.
type Column struct {
	table.Column
	// Help says in a sentence what goes into the cells.
	Help    i18n.Text
	Example string
}

// Verdict is what an import would do with a row.
type Verdict string

// The verdicts.
const (
	Add    Verdict = "add"
	Change Verdict = "change"
	Same   Verdict = "same" // it stands like this already
	Refuse Verdict = "refuse"
)

// Outcome is what was done with a row.
type Outcome string

// The outcomes; a row to which nothing was done has none.
const (
	Applied Outcome = "applied"
	PutBack Outcome = "undone"
	Kept    Outcome = "kept" // not undone, because somebody has touched it since
)

// Row is one row of a table on its way through an import.
type Row struct {
	// No counts the rows from 1; Line is where a person finds the row.
	No, Line int
	Cells    []string
	// Record reads the cells by column and gathers faults; nil while undoing.
	Record *table.Record
	// About says in a few words what the row is about. Keys tell rows of one table
	// apart, and KeyColumn is where a second row with one of them is at fault.
	About, KeyColumn string
	Keys             []string
	Verdict          Verdict
	Outcome          Outcome
	// Faults say by column why the row is refused, or under "" why it was kept.
	Faults problem.Fields
	// Thing is what the row is about, 0 while it is not there; ThingVersion is
	// its version after the row was applied.
	Thing        ref.ID
	ThingVersion int64
	// Value is what Judge worked out for Apply.
	Value any
}

// Reject notes a fault; a row with a fault is refused.
func (r *Row) Reject(bad bool, column, key string, args ...any) {
	r.Record.Faults.Reject(bad, column, key, args...)
}

// Keep leaves a row as it is while its import is undone, and says why.
func (r *Row) Keep(why string, args ...any) {
	r.Outcome, r.Faults = Kept, problem.Fields{"": {Key: why, Args: args}}
}

// Kind is what a room says of one kind of table. Its functions run in the
// transaction of a batch and do nothing outside it.
type Kind interface {
	// Name names the kind for ever; Title is how people call it.
	Name() string
	Title() i18n.Text
	Columns() []Column
	// Path is the page of a thing, without language.
	Path(thing ref.ID) string
	// May tells whether the actor may import such tables at all. Each row is
	// judged again by itself.
	May(by access.Actor) error
	// AtOnce tells that the rows are applied in one transaction, since what they
	// change cannot be hidden until the last.
	AtOnce() bool
	// Judge sets About, Keys, Verdict, Thing and Value of rows, or rejects them.
	// It changes nothing. It runs when the table is checked and again right
	// before Apply.
	Judge(ctx context.Context, tx *db.Tx, by access.Actor, im Import, rows []*Row) error
	// Apply writes rows whose verdict is Add or Change and sets Thing and
	// ThingVersion. What is new stays hidden and is not journaled yet.
	Apply(ctx context.Context, tx *db.Tx, by access.Actor, im Import, rows []*Row) error
	// Show makes visible, and journals, what Apply hid.
	Show(ctx context.Context, tx *db.Tx, by access.Actor, im Import) error
	// Undo puts back what the rows did, and calls Keep for those whose thing
	// somebody has touched since.
	Undo(ctx context.Context, tx *db.Tx, by access.Actor, im Import, rows []*Row) error
}

func tableColumns(k Kind) table.Columns {
	var out table.Columns
	for _, c := range k.Columns() {
		out = append(out, c.Column)
	}
	return out
}

// mayLook: who handed the table in, and administrators.
func mayLook(by access.Actor, im Import) bool {
	return by.IsPortal() || by.SignedIn() && by.UserID == im.UserID || by.Has(access.Admin)
}

// step is one change of state by a person: from which state it is allowed.
func (im *Import) step(from, to State) error {
	if im.State != from {
		return problem.New(problem.Conflict, "imports.not_now")
	}
	im.State = to
	im.cursor = 0
	return nil
}

// take accepts the good rows.
func (im *Import) take() error {
	if im.State == Checked && im.Counts.Good() == 0 {
		return problem.New(problem.Conflict, "imports.nothing_good")
	}
	return im.step(Checked, Applying)
}

// shown shortens what a row is about.
func shown(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 160 {
		return string(r[:159]) + "…"
	}
	return s
}
