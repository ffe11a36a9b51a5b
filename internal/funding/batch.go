package funding

import (
	"slices"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// KindBatch is the kind of the ref of a batch.
const KindBatch = "application_batch"

// MostInBatch is how many applications are dealt with at once.
const MostInBatch = 500

// BatchAct is what is done with many applications at once.
type BatchAct string

// The acts of the formal check that are done with many.
const (
	BatchAdmit  BatchAct = "admit"
	BatchReturn BatchAct = "return"
	BatchRefuse BatchAct = "refuse"
)

// BatchActs lists the acts in the order in which they are offered.
var BatchActs = []BatchAct{BatchAdmit, BatchReturn, BatchRefuse}

// Batch is one act with many applications of a call for one reason.
type Batch struct {
	ID     ref.ID   `json:"id"`
	CallID ref.ID   `json:"call_id"`
	Act    BatchAct `json:"act"`
	// Code is the question of the check that has a no, of a refusal; Fields are what
	// is to be corrected, of a return; Reason is told to every applicant.
	Code     string      `json:"code,omitempty"`
	Fields   []string    `json:"fields,omitempty"`
	Reason   i18n.Text   `json:"reason"`
	Entries  []BatchItem `json:"entries"`
	MadeAt   db.Time     `json:"made_at"`
	MadeBy   ref.ID      `json:"made_by"`
	UndoneAt db.Time     `json:"undone_at"`
	Sample   bool        `json:"sample"`
	Version  int64       `json:"version"`
}

// BatchItem is an application of a batch with the version to which the batch brought
// it: with another one somebody has touched it since.
type BatchItem struct {
	ApplicationID ref.ID `json:"application_id"`
	Version       int64  `json:"version"`
}

// Ref names the batch: it is told in the list of the applications of its call.
func (b Batch) Ref() ref.Ref {
	return ref.Ref{Kind: KindBatch, ID: b.ID, Path: "/calls/" + b.CallID.String() + "/applications"}
}

// Root is the call.
func (b Batch) Root() ref.Ref { return ref.Ref{Kind: KindCall, ID: b.CallID} }

// JournalVersion is the version of the row.
func (b Batch) JournalVersion() int64 { return b.Version }

// Public is never: it speaks of applications.
func (b Batch) Public() bool { return false }

// check judges what is wanted, whatever the applications are.
func (b Batch) check(codes []string) error {
	var bad problem.Fields
	bad.Reject(!slices.Contains(BatchActs, b.Act), "act", "form.required")
	bad.Reject(len(b.Entries) == 0, "id", "funding.batch.nothing")
	bad.Reject(len(b.Entries) > MostInBatch, "id", "funding.batch.many", "most", MostInBatch)
	if b.Act != BatchAdmit {
		bad.Reject(b.Reason.IsZero(), "reason", "form.required")
	}
	bad.Reject(b.Act == BatchRefuse && !slices.Contains(codes, b.Code), "code", "form.required")
	bad.Reject(b.Act == BatchReturn && len(b.Fields) == 0, "fields", "funding.check.nothing_to_mend")
	return bad.Err()
}

// items are the answers of the formal check that the batch gives.
func (b Batch) items(codes []string) (items []CheckItem) {
	for _, code := range codes {
		c := CheckItem{Code: code, OK: b.Act != BatchRefuse || code != b.Code}
		if !c.OK {
			c.Reason = b.Reason
		}
		items = append(items, c)
	}
	return items
}

// mend is what the applicants are to correct.
func (b Batch) mend() (list []Mend) {
	for _, name := range b.Fields {
		list = append(list, Mend{Field: name, Note: b.Reason})
	}
	return list
}

// moment is when and by whom an application is checked; fixDue is until when a
// return waits.
type moment struct {
	at     db.Time
	today  db.Date
	fixDue db.Date
	by     ref.ID
}

// deal does with one application what the batch does with all.
func (b Batch) deal(a *Application, codes []string, m moment) error {
	switch b.Act {
	case BatchAdmit:
		return a.Admit(b.items(codes), codes, m.at, m.today, m.by)
	case BatchRefuse:
		return a.Refuse(b.items(codes), codes, m.at, m.today, m.by)
	case BatchReturn:
		return a.Return(b.mend(), m.fixDue, m.at, m.by)
	}
	return problem.New(problem.NotFound, "problem.not_found")
}

// Undoable tells that the rule lets the act be taken back: a return can not, the
// applicants have begun to correct.
func (b Batch) Undoable() bool { return b.UndoneAt.IsZero() && b.Act != BatchReturn }

// uncheck takes back what the formal check said of an application.
func (a *Application) uncheck(version int64) error {
	if a.Version != version || a.State != Admitted && a.State != Refused {
		return problem.New(problem.Conflict, "funding.batch.touched")
	}
	a.State, a.Check, a.CheckedAt, a.CheckedBy = Submitted, nil, db.Time{}, 0
	return nil
}
