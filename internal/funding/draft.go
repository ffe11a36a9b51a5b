package funding

import (
	"crypto/sha256"
	"encoding/base32"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// ApplicationDraft is an application while it is being written: private to the
// people of the applicant and outside the journal. Each field is kept as it was
// typed, with who typed it when. An organization has as many for a round as the call
// allows.
type ApplicationDraft struct {
	ID     ref.ID
	CallID ref.ID
	Round  int
	OrgID  ref.ID
	// FormID and FormVersion are the call's own form as its people took it; a newer
	// version waits until they take that.
	FormID      ref.ID
	FormVersion int
	State       DraftState
	// Application is what became of the draft, 0 until it is submitted.
	Application ref.ID
	// Only are the fields that may be changed after a return.
	Only      []string
	CreatedBy ref.ID
	CreatedAt db.Time
	Sample    bool
	Version   int64
}

// DraftState is whether a draft can be written into.
type DraftState string

// The states of a draft.
const (
	DraftWriting   DraftState = "writing"
	DraftSubmitted DraftState = "submitted"
	DraftReturned  DraftState = "returned" // some fields are to be mended
)

// Path is where the draft is written.
func (d ApplicationDraft) Path() string { return "/drafts/" + d.ID.String() }

// Takes tells that a field may be written.
func (d ApplicationDraft) Takes(name string) bool {
	switch d.State {
	case DraftWriting:
		return true
	case DraftReturned:
		return slices.ContainsFunc(d.Only, func(only string) bool { return only == name || strings.HasPrefix(name, only+".") })
	}
	return false
}

// mayWrite: people of the applicant; for others there is no draft.
func mayWrite(by access.Actor, org ref.ID) (access.Actor, error) {
	switch {
	case by.LeadsOrg(org):
		return by.As(access.Lead, org), nil
	case by.WorksFor(org):
		return by.As(access.Staff, org), nil
	}
	return by, problem.New(problem.NotFound, "problem.not_found")
}

// maySubmit: only a lead speaks for the organization.
func maySubmit(by access.Actor, org ref.ID) (access.Actor, error) {
	as, err := mayWrite(by, org)
	if err == nil && as.Acting.Role != access.Lead {
		err = problem.New(problem.Forbidden, "funding.application.leads_only")
	}
	return as, err
}

// DraftField is one field of a draft as it was typed.
type DraftField struct {
	Name    string
	Values  []string
	Version int64
	By      ref.ID
	At      db.Time
	// Since is when the same person began to write what the field says now.
	Since db.Time
}

// PastField is what a field said before, or what somebody typed while another had
// changed it: Aside.
type PastField struct {
	Name   string
	Values []string
	By     ref.ID
	At     db.Time
	Aside  bool
}

// Edit is a field that somebody sends. Was is the Mark of what the page showed
// before he typed.
type Edit struct {
	Name   string
	Values []string
	Was    string
}

// Mark is a short digest of what a field says, "" when it says nothing: by it a
// page tells later what it showed.
func Mark(values []string) string {
	values = plain(values)
	if len(values) == 0 {
		return ""
	}
	sum := sha256.Sum256([]byte(strings.Join(values, "\x00")))
	return base32.StdEncoding.EncodeToString(sum[:5])
}

// plain is what was typed without the differences that browsers make.
func plain(values []string) (out []string) {
	for _, v := range values {
		if v = strings.TrimRight(strings.ReplaceAll(v, "\r\n", "\n"), " \n\t"); v != "" {
			out = append(out, v)
		}
	}
	return out
}

// outcome is what comes of an edit.
type outcome int

const (
	untouched outcome = iota // nothing new was typed
	taken
	clash // another changed the field meanwhile, to something else
)

// meet says what comes of an edit of the field. Fields that nobody touched are sent
// too, by pages without a script: they take nothing from anybody.
func (f DraftField) meet(e Edit) outcome {
	now, sent := Mark(f.Values), Mark(e.Values)
	switch {
	case sent == e.Was || sent == now:
		return untouched
	case now == e.Was:
		return taken
	}
	return clash
}

// sitting is how long one person changes a field before what it said before is
// put to its history.
const sitting = 10 * time.Minute

// write puts an edit into the field. It gives what is put to the history, when
// another wrote before or the sitting is over.
func (f *DraftField) write(e Edit, by ref.ID, at db.Time) (past *PastField) {
	if f.Version > 0 && (f.By != by || at.Sub(f.Since.Time) > sitting) {
		past = &PastField{Name: f.Name, Values: f.Values, By: f.By, At: f.At}
	}
	if f.Version == 0 || past != nil {
		f.Since = at
	}
	f.Name, f.Values, f.By, f.At = e.Name, plain(e.Values), by, at
	f.Version++
	return past
}

const (
	// mostTyped is how many characters a field takes; mostChosen how many choices.
	mostTyped  = 20_000
	mostChosen = 60
	// mostFields bounds a draft.
	mostFields = 3_000
)

// fault is why an edit cannot be kept, "" when it can.
func (e Edit) fault() (key string, args []any) {
	if len(e.Values) > mostChosen {
		return "form.unreadable", nil
	}
	for _, v := range e.Values {
		if !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
			return "form.not_text", nil
		}
		if n := utf8.RuneCountInString(v); n > mostTyped {
			return "funding.draft.too_long", []any{"most", mostTyped, "have", n}
		}
	}
	return "", nil
}

// Step is one page of an application.
type Step string

// The steps, in their order.
const (
	StepAbout    Step = "about"
	StepIdea     Step = "idea"
	StepResults  Step = "results"
	StepWork     Step = "work"
	StepBudget   Step = "budget"
	StepPartners Step = "partners"
	StepForm     Step = "form" // the call's own questions
	StepPapers   Step = "papers"
	StepSubmit   Step = "submit"
)

// Steps lists the steps in their order.
var Steps = []Step{StepAbout, StepIdea, StepResults, StepWork, StepBudget, StepPartners, StepForm, StepPapers, StepSubmit}

// AnswerPrefix begins the names of the answers to the call's own form.
const AnswerPrefix = "a."

// StepOf is the step on which a field is asked; ok is false for a name that no
// application has.
func StepOf(name string) (Step, bool) {
	for step, names := range ProposalFields {
		if slices.Contains(names, name) {
			return step, true
		}
	}
	if strings.HasPrefix(name, AnswerPrefix) {
		return StepForm, len(name) <= mostName
	}
	list, row, isRow := strings.Cut(name, ".")
	for step, lists := range StepLists {
		if !slices.Contains(lists, list) {
			continue
		}
		id, field, _ := strings.Cut(row, ".")
		_, ok := ref.ParseID(id)
		return step, !isRow || ok && slices.Contains(ProposalLists[list], field)
	}
	return "", false
}

const mostName = 120

// isField tells that a name is that of a field, not of a whole list.
func isField(name string) bool {
	_, ok := StepOf(name)
	return ok && ProposalLists[name] == nil
}

// valuesOf are the fields of a draft as the values of a form.
func valuesOf(fields []DraftField) url.Values {
	v := make(url.Values, len(fields))
	for _, f := range fields {
		if len(f.Values) > 0 {
			v[f.Name] = f.Values
		}
	}
	return v
}

// Marks are the marks of the fields that say something, by name.
func Marks(values url.Values) map[string]string {
	marks := map[string]string{}
	for name, v := range values {
		if m := Mark(v); m != "" {
			marks[name] = m
		}
	}
	return marks
}
