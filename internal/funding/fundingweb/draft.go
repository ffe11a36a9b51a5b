package fundingweb

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"birge/internal/funding"
	"birge/internal/norms"
	"birge/internal/platform/db"
	"birge/internal/platform/forms"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"

	"github.com/a-h/templ"
)

// maxDraft bounds what one step of an application sends, in bytes: more than all of
// its fields can hold, so that a text that is too long is answered beside its field.
const maxDraft = 8 << 20

// draftForm is one step of an application as it is drawn.
type draftForm struct {
	ui.FormPage
	funding.Writing
	h    *Pages
	step funding.Step
	zone *time.Location
	// marks are what the page shows of the fields, so that a clash is seen.
	marks map[string]string
	// clash tells that another changed fields meanwhile.
	clash bool
	// faults are what keeps the whole draft from being handed in; on the last step.
	missing problem.Fields
	// repeats are texts that stand elsewhere; on the step where they are written.
	repeats []funding.Repeat
	// proposal is what the budget says so far.
	proposal funding.Proposal
	orgs     map[ref.ID]ref.Ref // its partners that are in the register
}

func (h *Pages) readWriting(r *http.Request) (w funding.Writing, step funding.Step, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return w, step, err
	}
	if step = funding.Step(r.PathValue("step")); step != "" && !slices.Contains(funding.Steps, step) {
		return w, step, problem.New(problem.NotFound, "problem.not_found")
	}
	w, err = h.Funding.Writing(r.Context(), web.Actor(r), id)
	return w, step, err
}

// draft leads to the first step, or to what became of the draft.
func (h *Pages) draft(w http.ResponseWriter, r *http.Request) error {
	x, _, err := h.readWriting(r)
	if err != nil {
		return err
	}
	if x.Draft.State == funding.DraftSubmitted {
		return web.SeeOther(w, r, "/applications/"+x.Draft.Application.String(), "")
	}
	return web.SeeOther(w, r, x.Draft.Path()+"/"+string(funding.StepAbout), "")
}

func (h *Pages) draftStep(w http.ResponseWriter, r *http.Request) error {
	x, step, err := h.readWriting(r)
	if err != nil {
		return err
	}
	if x.Draft.State == funding.DraftSubmitted {
		return web.SeeOther(w, r, "/applications/"+x.Draft.Application.String(), "")
	}
	return h.showStep(w, r, x, step, nil, funding.Saved{}, nil)
}

// showStep draws a step. posted is what was sent and could not be kept, saved tells
// why; err is why the whole was refused.
func (h *Pages) showStep(w http.ResponseWriter, r *http.Request, x funding.Writing, step funding.Step, posted url.Values, saved funding.Saved, err error) error {
	values, now := maps.Clone(x.Values), maps.Clone(x.Values)
	for name := range saved.Faults {
		values[name] = posted[name]
		now[name] = posted[name] // shown as a fault, not as a clash
	}
	for _, c := range saved.Clashes {
		values[c.Name], now[c.Name] = c.Mine, c.Theirs
	}
	f := draftForm{Writing: x, h: h, step: step, zone: web.Zone(r), clash: len(saved.Clashes) > 0}
	if err := h.fillStep(r, &f); err != nil {
		return err
	}
	if err == nil {
		err = saved.Faults.Err()
	}
	return ui.ShowForm(w, r, "funding.step."+string(step), values, err, func(t ui.FormPage) templ.Component {
		if f.clash {
			t.Now = now
		}
		for name, fault := range f.missing {
			if s, ok := funding.StepOf(name); ok && s == step {
				t.Faults.Reject(true, name, fault.Key, fault.Args...)
			}
		}
		f.FormPage = t
		f.marks = f.marksOfStep()
		return stepPage(f)
	})
}

// fillStep loads what single steps show beside their fields.
func (h *Pages) fillStep(r *http.Request, f *draftForm) (err error) {
	var missing problem.Fields
	_, f.proposal, missing, err = h.Funding.Judge(r.Context(), web.Actor(r), f.Draft.ID)
	if err != nil {
		return err
	}
	if f.orgs, err = h.Funding.FunderRefs(r.Context(), partnersOf(f.proposal)); err != nil {
		return err
	}
	// Once everything was checked, each step shows what is missing on it.
	if f.step == funding.StepSubmit || r.URL.Query().Get("check") != "" {
		f.missing = missing
	}
	if f.step == funding.StepIdea {
		f.repeats, err = h.Funding.RepeatsOfDraft(r.Context(), web.Actor(r), f.Draft.ID)
	}
	return err
}

// marksOfStep are the marks of the fields that the step lets change.
func (f draftForm) marksOfStep() map[string]string {
	marks := funding.Marks(f.Writing.Values)
	maps.DeleteFunc(marks, func(name, _ string) bool {
		step, ok := funding.StepOf(name)
		return !ok || step != f.step || !f.Draft.Takes(name)
	})
	return marks
}

// was writes the marks into one hidden field.
func (f draftForm) was() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(f.marks)) {
		b.WriteString(name + "=" + f.marks[name] + " ")
	}
	return b.String()
}

// readEdits are the fields that a form sends, with what its page showed.
func readEdits(values url.Values) (edits []funding.Edit) {
	was := map[string]string{}
	for pair := range strings.FieldsSeq(values.Get("was")) {
		name, mark, _ := strings.Cut(pair, "=")
		was[name] = mark
	}
	names := slices.Collect(maps.Keys(was)) // a box that is no longer ticked is not sent
	for name := range values {
		if _, ok := funding.StepOf(name); ok && was[name] == "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		edits = append(edits, funding.Edit{Name: name, Values: values[name], Was: was[name]})
	}
	return edits
}

// typedOnly leaves out what stands for files.
func typedOnly(values url.Values, x funding.Writing) url.Values {
	values = maps.Clone(values)
	for _, q := range x.Own.Files {
		delete(values, forms.Field(q.Code))
		delete(values, forms.Field(q.Code, "kept"))
	}
	return values
}

// saveStep keeps what a page without a script sends, and goes on where a button
// says.
func (h *Pages) saveStep(w http.ResponseWriter, r *http.Request) error {
	x, step, err := h.readWriting(r)
	if err != nil {
		return err
	}
	return h.save(w, r, x, step)
}

// saveAnswers is saveStep of the call's own questions, which may ask for files.
func (h *Pages) saveAnswers(w http.ResponseWriter, r *http.Request) error {
	x, _, err := h.readWriting(r)
	if err != nil {
		return err
	}
	return h.save(w, r, x, funding.StepForm)
}

func (h *Pages) save(w http.ResponseWriter, r *http.Request, x funding.Writing, step funding.Step) error {
	f := web.ReadForm(r)
	if err := f.Err(); err != nil {
		return err
	}
	by, ctx := web.Actor(r), r.Context()
	edits := slices.DeleteFunc(readEdits(typedOnly(f.Values, x)), func(e funding.Edit) bool { // a form speaks of its own step alone
		of, ok := funding.StepOf(e.Name)
		return ok && of != step
	})
	saved, err := h.Funding.Write(ctx, by, x.Draft.ID, edits)
	if err == nil && step == funding.StepForm {
		var bad problem.Fields
		bad, err = h.keepFiles(r, x, f)
		saved.Faults.Merge("", bad)
	}
	if err != nil {
		if bad := problem.As(err); bad != nil && bad.Kind == problem.Conflict {
			return h.notTaken(w, r, x, step, f.Values, err)
		}
		return err
	}
	if len(saved.Faults)+len(saved.Clashes) > 0 {
		if x, _, err = h.readWriting(r); err != nil {
			return err
		}
		return h.showStep(w, r, x, step, f.Values, saved, nil)
	}
	path := x.Draft.Path() + "/"
	if list, row, ok := strings.Cut(f.Line("take_out"), "."); ok {
		id, _ := ref.ParseID(row)
		if err := h.Funding.TakeOut(ctx, by, x.Draft.ID, list, id); err != nil {
			return err
		}
		return web.SeeOther(w, r, path+string(step)+"#f-"+list, "")
	}
	if list := f.Line("one_more"); funding.ProposalLists[list] != nil {
		return web.SeeOther(w, r, path+string(step)+"?more="+list+"#more-"+list, "")
	}
	if f.Line("do") == "next" {
		return web.SeeOther(w, r, path+string(after(step)), "")
	}
	return web.SeeOther(w, r, path+string(step), "funding.draft.saved")
}

// notTaken shows the step again with everything that was typed: the draft was
// handed in meanwhile.
func (h *Pages) notTaken(w http.ResponseWriter, r *http.Request, x funding.Writing, step funding.Step, typed url.Values, err error) error {
	x.Values = typed
	return h.showStep(w, r, x, step, nil, funding.Saved{}, err)
}

func after(step funding.Step) funding.Step {
	i := slices.Index(funding.Steps, step)
	return funding.Steps[min(i+1, len(funding.Steps)-1)]
}

// autosaved is the answer to the script.
type autosaved struct {
	Said    string            `json:"said"`
	Marks   map[string]string `json:"marks"`
	Clashes []clashed         `json:"clashes"`
	Faults  map[string]string `json:"faults"`
}

type clashed struct {
	Name   string   `json:"name"`
	Theirs []string `json:"theirs"`
	Mark   string   `json:"mark"`
	Said   string   `json:"said"`
}

// autosave keeps the fields that the script sends. What it answers is stored.
func (h *Pages) autosave(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	if err := f.Err(); err != nil {
		return err
	}
	saved, err := h.Funding.Write(r.Context(), web.Actor(r), id, readEdits(f.Values))
	if err != nil {
		return err
	}
	say := web.Words(r)
	a := autosaved{Said: say.T("funding.draft.saved_at", "time", saved.At.In(web.Zone(r)).Format("15:04:05")), Marks: saved.Marks, Faults: map[string]string{}}
	for name, fault := range saved.Faults {
		a.Faults[name] = say.T(fault.Key, fault.Args...)
	}
	for _, c := range saved.Clashes {
		a.Clashes = append(a.Clashes, clashed{c.Name, c.Theirs, funding.Mark(c.Theirs), say.T("funding.draft.clash_at", "time", c.At.In(web.Zone(r)).Format("15:04:05"))})
	}
	return web.JSON(w, r, a)
}

// past shows what a field said before.
func (h *Pages) draftPast(w http.ResponseWriter, r *http.Request) error {
	x, _, err := h.readWriting(r)
	if err != nil {
		return err
	}
	name := cmp.Or(r.URL.Query().Get("field"), "need")
	step, ok := funding.StepOf(name)
	if !ok {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	past, names, err := h.Funding.Past(r.Context(), web.Actor(r), x.Draft.ID, name)
	if err != nil {
		return err
	}
	p := ui.PageOf(r, web.Words(r).T("funding.draft.past"))
	p.NoIndex = true
	p.Crumbs = []ui.Crumb{{Title: p.Text(x.Call.Title), Path: x.Call.Ref().Path}, {Title: p.T("funding.step." + string(step)), Path: x.Draft.Path() + "/" + string(step)}}
	return web.Render(w, r, http.StatusOK, pastPage(pastView{p, fieldLabel(p.Printer, name), past, names, web.Zone(r)}))
}

type pastView struct {
	ui.Page
	label string
	past  []funding.PastField
	names map[ref.ID]string
	zone  *time.Location
}

func (v pastView) who(p funding.PastField) string {
	name := v.names[p.By]
	if name == "" {
		name = v.T("funding.draft.somebody")
	}
	s := name + ", " + v.DateTime(p.At.In(v.zone))
	if p.Aside {
		s += " · " + v.T("funding.draft.aside")
	}
	return s
}

// takeForm has a draft go over to the call's newer form.
func (h *Pages) takeForm(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	if err := h.Funding.TakeForm(r.Context(), web.Actor(r), id); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/drafts/"+id.String()+"/"+string(funding.StepForm), "funding.draft.form_taken")
}

// dropDraft throws the draft away.
func (h *Pages) dropDraft(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	d, err := h.Funding.DropDraft(r.Context(), web.Actor(r), id)
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/calls/"+d.CallID.String(), "funding.notice.dropped_draft")
}

// submit hands the draft in, or shows everything that is missing.
func (h *Pages) submit(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	a, err := h.Funding.Submit(r.Context(), web.Actor(r), id)
	if err != nil {
		x, missing := h.Funding.Writing(r.Context(), web.Actor(r), id)
		if bad := problem.As(err); missing != nil || bad == nil || bad.Kind != problem.Conflict && bad.Kind != problem.Invalid {
			return err
		} else if bad.Kind == problem.Invalid {
			err = problem.New(problem.Invalid, "funding.draft.not_whole") // the step lists the faults with links
		}
		return h.showStep(w, r, x, funding.StepSubmit, nil, funding.Saved{}, err)
	}
	return web.SeeOther(w, r, a.Ref().Path+"/receipt", "")
}

// fieldLabel is what a field is called: "lines.0D3….price" by its last part.
func fieldLabel(p *i18n.Printer, name string) string {
	list, row, ok := strings.Cut(name, ".")
	if lang, isLang := i18n.ParseLang(row); isLang {
		return p.T("funding.f."+list) + " (" + string(lang) + ")"
	}
	if funding.ProposalLists[list] != nil {
		_, field, isField := strings.Cut(row, ".")
		if !ok || !isField {
			return p.T("funding.f." + list)
		}
		return p.T("funding.f." + list + "." + field)
	}
	if strings.HasPrefix(name, funding.AnswerPrefix) {
		return p.T("funding.step.form")
	}
	if strings.HasPrefix(name, funding.RequirementField("")) {
		return p.T("funding.requirement")
	}
	if n, isPaper := strings.CutPrefix(name, "papers."); isPaper {
		return p.T("funding.paper", "no", n)
	}
	return p.T("funding.f." + name)
}

// label is what a field is called; a question of the call by its own title.
func (f draftForm) label(name string) string {
	code, _, _ := strings.Cut(strings.TrimPrefix(name, funding.AnswerPrefix), ".")
	if q, ok := f.Own.Form.Question(code); ok && strings.HasPrefix(name, funding.AnswerPrefix) {
		return f.Text(q.Title)
	}
	return fieldLabel(f.Printer, name)
}

// steps are the steps of the application with how they stand.
func (f draftForm) steps() (out []ui.Step) {
	state := ui.Done
	for _, s := range f.shownSteps() {
		x := ui.Step{Title: f.T("funding.step." + string(s)), Path: f.Draft.Path() + "/" + string(s), State: state}
		if s == f.step {
			x.State, state = ui.Now, ""
		}
		out = append(out, x)
	}
	return out
}

// shownSteps leaves out the call's own questions where there are none.
func (f draftForm) shownSteps() []funding.Step {
	return slices.DeleteFunc(slices.Clone(funding.Steps), func(s funding.Step) bool { return s == funding.StepForm && f.Draft.FormID == 0 })
}

// rows are the rows of a list as the page offers them: those that say something,
// and an empty one where there is none or one was asked for.
func (f draftForm) rows(list string) (rows []ref.ID) {
	rows = funding.RowsOf(f.Values(), list)
	if f.takes(list+"."+f.NewRow[0].String()+"."+funding.ProposalLists[list][0]) && (len(rows) == 0 || strings.Contains(f.Path, "more="+list)) {
		rows = append(rows, f.NewRow[slices.Index(listOrder, list)])
	}
	return rows
}

// listOrder gives each list an empty row of its own.
var listOrder = []string{"places", "groups", "indicators", "activities", "lines", "partners"}

// Values are what the page shows.
func (f draftForm) Values() url.Values { return f.FormPage.Values }

func (f draftForm) takes(name string) bool { return f.Draft.Takes(name) }

// answers are those to the call's own questions as the page shows them, with the
// files that are attached to them.
func (f draftForm) answers() forms.Answers {
	out := f.Own.Form.Read(f.Values())
	for _, q := range f.Own.Files {
		if delete(out, q.Code); !f.Own.Answers[q.Code].IsZero() {
			out[q.Code] = f.Own.Answers[q.Code]
		}
	}
	return out
}

// lies is where a file of the draft is read.
func (f draftForm) lies(k forms.Kept) string { return f.Draft.Path() + "/papers/" + k.ID.String() }

// encoding is how a step is sent: files need another form.
func (f draftForm) encoding() string {
	if f.step == funding.StepForm && len(f.Own.Files) > 0 {
		return "multipart/form-data"
	}
	return "application/x-www-form-urlencoded"
}

// settled are the questions for files that may not be changed now.
func (f draftForm) settled() (out []funding.FileQuestion) {
	asked := f.Own.Asked(f.Draft)
	for _, q := range f.Own.Files {
		if _, ok := asked.Question(q.Code); !ok {
			out = append(out, q)
		}
	}
	return out
}

// takesAnswers tells that some of the call's own questions may be answered.
func (f draftForm) takesAnswers() bool {
	return f.Draft.State == funding.DraftWriting ||
		slices.ContainsFunc(f.Draft.Only, func(name string) bool { return strings.HasPrefix(name, funding.AnswerPrefix) })
}

// ask is a field by its name.
func (f draftForm) ask(name string) ui.Field {
	x := f.Named(name, fieldLabel(f.Printer, name))
	if hint := "funding.hint." + strings.TrimPrefix(name, "contact."); f.Has(hint) {
		x.Hint = f.T(hint)
	}
	return x
}

// mayStayEmpty are the fields, by the last part of their names, that an application
// can do without.
var mayStayEmpty = []string{"topic", "phone", "risks", "people", "unit", "baseline", "own", "reason"}

// one is a field of one line.
func (f draftForm) one(name string) ui.Field { return f.required(f.ask(name)) }

// required marks what an application cannot do without.
func (f draftForm) required(x ui.Field) ui.Field {
	last := x.Name[strings.LastIndex(x.Name, ".")+1:]
	x.Required = !slices.Contains(mayStayEmpty, last) || last == "unit" && strings.HasPrefix(x.Name, "lines.")
	return x
}

func (f draftForm) need(name string) ui.Field {
	x := f.ask(name)
	x.Required = true
	return x
}

func (f draftForm) long(name string, rows int) ui.Field {
	x := f.one(name)
	x.Rows = rows
	return x
}

// pick is a field with the terms of a classifier; open may stay empty.
func (f draftForm) pick(name, list string, some []string) ui.Field {
	choices := []ui.Choice{{Label: "—"}}
	for _, t := range f.h.Norms.Book().Terms(list) {
		if len(some) == 0 || slices.Contains(some, t.Code) {
			choices = append(choices, ui.Choice{Value: t.Code, Label: f.Text(t.Name)})
		}
	}
	return f.among(name, choices)
}

// topicField offers the approved topics that the call answers.
func (f draftForm) topicField() ui.Field {
	choices := []ui.Choice{{Label: f.T("funding.f.topic.other")}}
	for _, t := range f.Topics {
		choices = append(choices, ui.Choice{Value: t.ID.String(), Label: t.Number + " · " + f.Text(t.Title)})
	}
	x := f.among("topic", choices)
	x.Hint = f.T("funding.topic_hint")
	return x
}

// topic is a topic of the call, the zero ref where it answers none such.
func (f draftForm) topic(id ref.ID) ref.Ref {
	i := slices.IndexFunc(f.Topics, func(t funding.Topic) bool { return id != 0 && t.ID == id })
	if i < 0 {
		return ref.Ref{}
	}
	return f.Topics[i].Ref()
}

func (f draftForm) among(name string, choices []ui.Choice) ui.Field {
	x := f.ask(name)
	for _, c := range choices {
		c.Selected = slices.Contains(f.Values()[name], c.Value)
		x.Choices = append(x.Choices, c)
	}
	return x
}

func (f draftForm) ticks(name, list string) ui.Field {
	x := f.pick(name, list, nil)
	x.Choices = x.Choices[1:]
	return x
}

// months are the months of the project, or of the three years to come.
func (f draftForm) months(name string) ui.Field {
	from, to := f.proposal.Starts, f.proposal.Ends
	if from.IsZero() {
		from = db.DateOf(f.Writing.Now.In(f.zone))
	}
	if to.Before(from) {
		to = from.AddDays(3 * 365)
	}
	choices := []ui.Choice{{Label: "—"}}
	year, month, _ := from.Date()
	for d := db.Day(year, month, 1); !d.After(to) && len(choices) < 125; d = next(d) {
		choices = append(choices, ui.Choice{Value: d.String()[:7], Label: f.Month(d.In(f.zone))})
	}
	return f.among(name, choices)
}

func next(d db.Date) db.Date {
	year, month, _ := d.Date()
	return db.Day(year, month+1, 1)
}

func (f draftForm) langs() (out []ui.Choice) {
	for _, l := range i18n.Langs {
		out = append(out, ui.Choice{Value: string(l), Label: f.T("ui.written_in." + string(l))})
	}
	return out
}

func (f draftForm) keyed(name, prefix string, values ...string) ui.Field {
	return f.among(name, f.Keyed(prefix, values...))
}

func (f draftForm) measures() []string {
	return []string{string(projects.Number), string(projects.Percent), string(projects.YesNo)}
}

func (f draftForm) addings() []string {
	return []string{string(projects.Cumulative), string(projects.PerPeriod)}
}

// mendNotes are what the funder's side asked to correct on this step.
func (f draftForm) mendNotes() (out []ui.Fact) {
	for _, m := range f.Returned.Mend {
		if step, ok := funding.StepOf(m.Field); f.Draft.State == funding.DraftReturned && (f.step == funding.StepSubmit || ok && step == f.step || m.Field == string(f.step)) {
			out = append(out, ui.Fact{Label: f.label(m.Field), Value: f.Text(m.Note)})
		}
	}
	return out
}

// fact is a field that may not be changed now.
func (f draftForm) fact(name string) ui.Fact {
	return ui.Fact{Label: fieldLabel(f.Printer, name), Value: strings.Join(f.Values()[name], ", ")}
}

// savedLine tells when the draft was written last.
func (f draftForm) savedLine() string {
	if f.LastAt.IsZero() {
		return f.T("funding.draft.nothing_yet")
	}
	return f.T("funding.draft.saved_by", "name", f.LastBy, "time", f.DateTime(f.LastAt.In(f.zone)))
}

// faultsByStep lists what is missing, step by step, with the address of each field.
func (f draftForm) faultsByStep() (out []stepFaults) {
	for _, s := range funding.Steps {
		x := stepFaults{step: s}
		for _, name := range slices.Sorted(maps.Keys(f.missing)) {
			step, ok := funding.StepOf(name)
			if strings.HasPrefix(name, "papers.") {
				step, ok = funding.StepPapers, true
			}
			if ok && step == s || !ok && s == funding.StepSubmit {
				fault := f.missing[name]
				x.links = append(x.links, ui.Link{Title: f.label(name) + ": " + f.T(fault.Key, fault.Args...),
					Path: f.Draft.Path() + "/" + string(s) + "?check=yes#f-" + strings.ReplaceAll(name, ".", "-")})
			}
		}
		if len(x.links) > 0 {
			out = append(out, x)
		}
	}
	return out
}

type stepFaults struct {
	step  funding.Step
	links []ui.Link
}

// categories is the budget by category, with the bounds of the call.
func (f draftForm) categories() ui.Sheet {
	s := ui.Sheet{Caption: f.T("funding.budget.by_category"), Columns: []ui.Column{{Label: f.T("funding.f.lines.category")}, {Label: f.T("funding.budget.sum"), Num: true},
		{Label: f.T("funding.budget.asked"), Num: true}, {Label: f.T("funding.budget.share"), Num: true}}}
	for _, c := range funding.Categories(f.proposal.Lines, f.Call.BudgetNorms) {
		share := f.Percent(c.Share)
		if c.MaxShare > 0 {
			share += " / " + strconv.Itoa(c.MaxShare) + " %"
		}
		row := ui.Cells(f.h.term(f.Printer, norms.Categories, c.Category), f.Money(c.Sum, "KZT"), f.Money(c.Asked, "KZT"), share)
		if c.Over() {
			row[3].Tone = ui.Late
		}
		s.Rows = append(s.Rows, row)
	}
	s.Foot = ui.Cells(f.T("funding.budget.total"), f.Money(f.proposal.Sum(), "KZT"), f.Money(f.proposal.Asked, "KZT"), "")
	return s
}

// lineNote says what a line comes to and what such things cost before.
func (f draftForm) lineNote(row ref.ID) string {
	i := slices.IndexFunc(f.proposal.Lines, func(l funding.BudgetLine) bool { return l.ID == row })
	if i < 0 {
		return ""
	}
	l := f.proposal.Lines[i]
	note := f.T("funding.budget.line_sum", "sum", f.Money(l.Sum, "KZT"))
	if p, ok := f.h.Funding.PriceBefore(l, f.Draft.ID); ok {
		note += " · " + f.T("funding.budget.before."+p.Stands(l.Price), "n", p.Count, "low", f.Money(p.Low, "KZT"), "median", f.Money(p.Median, "KZT"), "high", f.Money(p.High, "KZT"))
	}
	return note
}
