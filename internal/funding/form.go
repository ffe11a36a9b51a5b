package funding

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/forms"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// Form is what a funder asks applicants beside what the portal asks of everybody. It
// is built as a draft and lives in numbered versions that never change: a call names
// a version, and an application keeps the one on which it was written.
type Form struct {
	ID      ref.ID    `json:"id"`
	OwnerID ref.ID    `json:"owner_id"` // the organization that builds it
	Title   i18n.Text `json:"title"`
	// Newest is the number of the newest version, 0 while there is none.
	Newest    int     `json:"newest"`
	Sample    bool    `json:"sample"`
	CreatedAt db.Time `json:"created_at"`
	Version   int64   `json:"version"`
}

// Ref names the form.
func (f Form) Ref() ref.Ref {
	return ref.Ref{Kind: KindForm, ID: f.ID, Title: f.Title, Path: "/forms/" + f.ID.String()}
}

// JournalVersion is the version of the row.
func (f Form) JournalVersion() int64 { return f.Version }

// Public tells that everybody may read the form: it has a version.
func (f Form) Public() bool { return f.Newest > 0 }

// FormVersion is one version of a form, for ever as it is.
type FormVersion struct {
	ID     ref.ID    `json:"id"`
	FormID ref.ID    `json:"form_id"`
	No     int       `json:"no"` // from 1
	Text   string    `json:"text"`
	Reason i18n.Text `json:"reason"` // why it differs from the version before
	At     db.Time   `json:"at"`
	// Version is always 1: the row never changes.
	Version int64 `json:"version"`
}

// Ref names the version: it is told on the page of the form.
func (v FormVersion) Ref() ref.Ref {
	return ref.Ref{Kind: KindFormVersion, ID: v.ID, Path: "/forms/" + v.FormID.String()}
}

// Root is the form.
func (v FormVersion) Root() ref.Ref { return ref.Ref{Kind: KindForm, ID: v.FormID} }

// JournalVersion is the version of the row.
func (v FormVersion) JournalVersion() int64 { return v.Version }

// Public tells that everybody may read versions.
func (v FormVersion) Public() bool { return true }

// Form reads the text of the version.
func (v FormVersion) Form() (forms.Form, error) { return forms.Parse(v.Text) }

// FormDraft is what is being built: a text that is no version yet.
type FormDraft struct {
	FormID  ref.ID
	Text    string
	SavedAt db.Time
	Version int64
}

// Form reads the text of the draft.
func (d FormDraft) Form() (forms.Form, error) { return forms.Parse(d.Text) }

// mayKeepForm: the funder's side of the organization that builds the form.
func (s *Service) mayKeepForm(ctx context.Context, tx *db.Tx, by access.Actor, owner ref.ID) (access.Actor, error) {
	list, err := orgs.ByIDs(ctx, tx, []ref.ID{owner})
	if err != nil {
		return by, err
	}
	o, ok := list[owner]
	kind, around := projects.Business, []ref.ID(nil)
	if o.Kind == orgs.StateBody {
		kind, around = projects.StateGrant, s.Places.Tree().Path(o.PlaceID)
	}
	as, may := funderSide(by, owner, kind, around)
	if !ok || !may {
		return by, problem.New(problem.Forbidden, "funding.only_funder_side")
	}
	return as, nil
}

// NewForm is what somebody gives to begin a form.
type NewForm struct {
	OwnerID ref.ID
	Title   i18n.Text
	// From is a form whose newest version is taken as a beginning, 0 for none.
	From   ref.ID
	Text   string
	Sample bool
}

// CreateForm begins a form with a draft.
func (s *Service) CreateForm(ctx context.Context, by access.Actor, n NewForm) (f Form, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		as, err := s.mayKeepForm(ctx, tx, by, n.OwnerID)
		if err != nil {
			return err
		}
		f = Form{ID: tx.NewID(), OwnerID: n.OwnerID, Title: n.Title.Trim(), Sample: n.Sample, CreatedAt: db.At(tx.Now()), Version: 1}
		if err := checkFormTitle(f.Title); err != nil {
			return err
		}
		text := n.Text
		if n.From != 0 {
			from, err := visibleForm(ctx, tx, n.From)
			if err != nil {
				return err
			}
			last, err := formVersion(ctx, tx, from.ID, from.Newest)
			if err != nil {
				return err
			}
			text = last.Text
		}
		draft, err := forms.Parse(text)
		if err != nil {
			return err
		}
		if err := insertForm(ctx, tx, f); err != nil {
			return err
		}
		if err := insertFormDraft(ctx, tx, FormDraft{f.ID, draft.String(), db.At(tx.Now()), 1}); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "funding.form.create", nil, f)
	})
	return f, err
}

func checkFormTitle(t i18n.Text) error {
	var bad problem.Fields
	bad.Reject(t.KK == "", "title.kk", "form.required")
	bad.Reject(t.RU == "", "title.ru", "form.required")
	return bad.Err()
}

// visibleForm is a form that everybody may read.
func visibleForm(ctx context.Context, tx *db.Tx, id ref.ID) (Form, error) {
	f, err := formByID(ctx, tx, id)
	if err == nil && !f.Public() {
		return Form{}, problem.New(problem.NotFound, "problem.not_found")
	}
	return f, err
}

// keptForm loads a form for those who build it; it is hidden from others while it has
// no version.
func (s *Service) keptForm(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) (Form, access.Actor, error) {
	f, err := formByID(ctx, tx, id)
	if err != nil {
		return f, by, err
	}
	as, err := s.mayKeepForm(ctx, tx, by, f.OwnerID)
	if problem.Is(err, problem.Forbidden) && !f.Public() {
		err = problem.New(problem.NotFound, "problem.not_found")
	}
	return f, as, err
}

// RenameForm gives a form another title.
func (s *Service) RenameForm(ctx context.Context, by access.Actor, id ref.ID, version int64, title i18n.Text) (f Form, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		before, as, err := s.keptForm(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if version != before.Version {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		f = before
		if f.Title = title.Trim(); f.Title == before.Title {
			return nil
		}
		if err := checkFormTitle(f.Title); err != nil {
			return err
		}
		f.Version++
		if err := updateForm(ctx, tx, f); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "funding.form.rename", before, f)
	})
	return f, err
}

// EditFormDraft changes what is being built. version is the draft that the person saw.
// A draft may be unfinished, but its text is always one that can be read.
func (s *Service) EditFormDraft(ctx context.Context, by access.Actor, id ref.ID, version int64, change func(forms.Form) (forms.Form, error)) (d FormDraft, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if _, _, err := s.keptForm(ctx, tx, by, id); err != nil {
			return err
		}
		if d, err = formDraft(ctx, tx, id); err != nil {
			return err
		}
		if version != d.Version {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		now, err := d.Form()
		if err != nil {
			return err
		}
		next, err := change(now)
		if err != nil {
			return err
		}
		text := next.Clean().String()
		if _, err := forms.Parse(text); err != nil {
			return err
		}
		d.Text, d.SavedAt = text, db.At(tx.Now())
		d.Version++
		return updateFormDraft(ctx, tx, d)
	})
	return d, err
}

// PublishForm makes the draft the newest version. version is the draft that the person
// saw; a reason is asked from the second version on.
func (s *Service) PublishForm(ctx context.Context, by access.Actor, id ref.ID, version int64, reason i18n.Text) (v FormVersion, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		before, as, err := s.keptForm(ctx, tx, by, id)
		if err != nil {
			return err
		}
		d, err := formDraft(ctx, tx, id)
		if err != nil {
			return err
		}
		if version != d.Version {
			return problem.New(problem.Conflict, "problem.changed_meanwhile")
		}
		f := before
		f.Newest++
		f.Version++
		v = FormVersion{ID: tx.NewID(), FormID: id, No: f.Newest, Text: d.Text, Reason: reason.Trim(), At: db.At(tx.Now()), Version: 1}
		if err := s.judgeVersion(ctx, tx, v); err != nil {
			return err
		}
		if err := updateForm(ctx, tx, f); err != nil { // first, so that of two at once one waits
			return err
		}
		if err := insertFormVersion(ctx, tx, v); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, as, "funding.form.publish", before, f); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "funding.form.version", nil, v)
	})
	return v, err
}

// judgeVersion checks that a version asks something, asks it rightly and differs from
// the one before for a reason.
func (s *Service) judgeVersion(ctx context.Context, tx *db.Tx, v FormVersion) error {
	f, err := v.Form()
	if err != nil {
		return err
	}
	if len(f.Questions()) == 0 {
		return problem.New(problem.Invalid, "funding.form.empty")
	}
	if len(f.Faults(Env(s.Norms.Book()))) > 0 {
		return problem.New(problem.Invalid, "funding.form.faulty")
	}
	if v.No == 1 {
		return nil
	}
	last, err := formVersion(ctx, tx, v.FormID, v.No-1)
	if err != nil {
		return err
	}
	if last.Text == v.Text {
		return problem.New(problem.Conflict, "funding.form.unchanged")
	}
	var bad problem.Fields
	bad.Reject(v.Reason.IsZero(), "reason", "form.required")
	return bad.Err()
}

// FormIn is a version of a form as it is asked, whoever asks. NotFound when there is
// none.
func (s *Service) FormIn(ctx context.Context, tx *db.Tx, id ref.ID, no int) (forms.Form, error) {
	v, err := formVersion(ctx, tx, id, no)
	if err != nil {
		return forms.Form{}, err
	}
	return v.Form()
}

// FormStory is what the page of a form tells.
type FormStory struct {
	Form     Form
	Owner    ref.Ref
	Versions []FormVersion // the newest first
	Draft    FormDraft     // for those who build it
	MayKeep  bool
	UsedBy   []ref.Ref // published calls
}

// VersionNo finds a version by its number.
func (st FormStory) VersionNo(no int) (FormVersion, bool) {
	for _, v := range st.Versions {
		if v.No == no {
			return v, true
		}
	}
	return FormVersion{}, false
}

// Changed tells that the draft differs from the newest version.
func (st FormStory) Changed() bool {
	return len(st.Versions) == 0 || st.Versions[0].Text != st.Draft.Text
}

// FormStory tells of a form that the actor may see.
func (s *Service) FormStory(ctx context.Context, by access.Actor, id ref.ID) (st FormStory, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		st = FormStory{}
		f, _, err := s.keptForm(ctx, tx, by, id)
		if st.MayKeep = err == nil; err != nil && !problem.Is(err, problem.Forbidden) {
			return err
		}
		if st.Form = f; st.MayKeep {
			if st.Draft, err = formDraft(ctx, tx, id); err != nil {
				return err
			}
		}
		if st.Versions, err = formVersions(ctx, tx, id); err != nil {
			return err
		}
		names, err := orgs.Refs(ctx, tx, []ref.ID{f.OwnerID})
		if err != nil {
			return err
		}
		st.Owner = names[f.OwnerID]
		st.UsedBy, err = callsWithForm(ctx, tx, f)
		return err
	})
	return st, err
}

// callsWithForm are the published calls of the owner that ask by the form.
func callsWithForm(ctx context.Context, tx *db.Tx, f Form) (out []ref.Ref, err error) {
	calls, err := db.All(ctx, tx, scanCall, `SELECT `+callColumns+` FROM calls WHERE published_at IS NOT NULL AND funder_id = $1 ORDER BY id DESC`, f.OwnerID)
	for _, c := range calls {
		if c.FormID == f.ID {
			out = append(out, c.Ref())
		}
	}
	return out, err
}

// FormCard is what lists show of a form.
type FormCard struct {
	Form
	Owner ref.Ref
}

// Forms lists the forms that the actor may see: those with a version, and those that
// the actor builds.
func (s *Service) Forms(ctx context.Context, by access.Actor) (list []FormCard, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		mine, err := s.formOwners(ctx, tx, by)
		if err != nil {
			return err
		}
		var ids []ref.ID
		for _, r := range mine {
			ids = append(ids, r.ID)
		}
		rows, err := formsShown(ctx, tx, ids, formsListed)
		if err != nil {
			return err
		}
		list, ids = nil, nil
		for _, f := range rows {
			ids = append(ids, f.OwnerID)
		}
		names, err := orgs.Refs(ctx, tx, ids)
		for _, f := range rows {
			list = append(list, FormCard{f, names[f.OwnerID]})
		}
		return err
	})
	return list, err
}

// formsListed is how many forms a list shows at most.
const formsListed = 500

// formScopes are the organizations for which the actor may build forms.
func formScopes(by access.Actor) (out []ref.ID) {
	for _, role := range []access.Role{access.Lead, access.Officer, access.Funder} {
		out = append(out, by.Scopes(role)...)
	}
	return out
}

// bodiesAsked is the most state bodies among which those of an officer are looked for.
const bodiesAsked = 2000

// FormOwners are the organizations for which the actor may begin a form: those whose
// role the actor holds, and for an officer of a place the state bodies within it.
func (s *Service) FormOwners(ctx context.Context, by access.Actor) (list []ref.Ref, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list, err = s.formOwners(ctx, tx, by)
		return err
	})
	return list, err
}

func (s *Service) formOwners(ctx context.Context, tx *db.Tx, by access.Actor) ([]ref.Ref, error) {
	own, err := orgs.Refs(ctx, tx, formScopes(by))
	if err != nil {
		return nil, err
	}
	list := slices.SortedFunc(maps.Values(own), func(a, b ref.Ref) int { return cmp.Compare(a.ID, b.ID) })
	if !by.HasAny(access.Officer) {
		return list, nil
	}
	bodies, err := orgs.OfKind(ctx, tx, orgs.StateBody, bodiesAsked)
	for _, o := range bodies {
		if _, ok := own[o.ID]; !ok && by.Has(access.Officer, s.Places.Tree().Path(o.PlaceID)...) {
			list = append(list, o.Ref())
		}
	}
	return list, err
}
