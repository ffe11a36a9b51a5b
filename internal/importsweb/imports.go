package importsweb

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"birge/internal/platform/access"
	"birge/internal/platform/imports"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/table"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

// listed is how many imports the first page lists, rowsShown how many rows of a
// table one page shows.
const (
	listed    = 50
	rowsShown = 25
)

func page(r *http.Request, title string, crumbs ...ui.Crumb) ui.Page {
	p := ui.PageOf(r, title)
	p.NoIndex = true
	p.Crumbs = append([]ui.Crumb{{Title: p.T("ui.desk"), Path: "/desk"}}, crumbs...)
	return p
}

func (h pages) index(w http.ResponseWriter, r *http.Request) error {
	list, err := h.imports.Latest(r.Context(), web.Actor(r), listed)
	if err != nil {
		return err
	}
	p := page(r, web.Words(r).T("imports.title"))
	return web.Render(w, r, http.StatusOK, indexPage(p, h.imports.Kinds(web.Actor(r)), h.sheet(r, p, list)))
}

// sheet lists imports.
func (h pages) sheet(r *http.Request, p ui.Page, list []imports.Import) ui.Sheet {
	s := ui.Sheet{Caption: p.T("imports.yours"), Empty: p.T("imports.none"), Columns: []ui.Column{
		{Label: p.T("imports.file")}, {Label: p.T("imports.kind")}, {Label: p.T("imports.when")}, {Label: p.T("imports.rows"), Num: true}, {Label: p.T("imports.state")}}}
	for _, im := range list {
		kind := im.Kind
		if k, err := h.imports.Kind(access.Portal("pages"), im.Kind); err == nil {
			kind = p.Text(k.Title())
		}
		s.Rows = append(s.Rows, []ui.Cell{{Text: im.FileName, Path: im.Ref().Path}, {Text: kind}, {Text: p.DateTime(im.CreatedAt.In(web.Zone(r)))},
			{Text: p.Int(im.Counts.Read)}, {Show: ui.Status(tone(im.State), p.T("imports.state."+string(im.State)))}})
	}
	return s
}

func tone(s imports.State) string {
	switch s {
	case imports.Done:
		return ui.Good
	case imports.Failed:
		return ui.Late
	case imports.Dropped, imports.Undone:
		return ui.Quiet
	}
	return ui.Wait
}

func (h pages) kind(w http.ResponseWriter, r *http.Request) error { return h.showKind(w, r, nil) }

// showKind explains a kind of table and asks for one; bad is why the last one
// was not taken.
func (h pages) showKind(w http.ResponseWriter, r *http.Request, bad *problem.Problem) error {
	k, err := h.imports.Kind(web.Actor(r), r.PathValue("kind"))
	if err != nil {
		return err
	}
	p := page(r, web.Words(r).Text(k.Title()), ui.Crumb{Title: web.Words(r).T("imports.title"), Path: "/desk/imports"})
	p.Path = "/desk/imports/kinds/" + k.Name()
	file := ui.Field{Name: "file", Label: p.T("imports.choose"), Hint: p.T("imports.choose_hint", "most", h.imports.MaxFile()>>20), Required: true, Accept: ".xlsx,.csv,.txt"}
	status, faults := http.StatusOK, problem.Fields(nil)
	if bad != nil {
		status, faults = web.Status(bad), problem.Fields{"file": {Key: bad.Key, Args: bad.Args}}
		file.Fault = faults["file"]
	}
	return web.Render(w, r, status, kindPage(p, k, file, faults))
}

// explained tells of each column what goes in.
func explained(p ui.Page, k imports.Kind) ui.Sheet {
	s := ui.Sheet{Caption: p.T("imports.columns"), Columns: []ui.Column{{Label: p.T("imports.column")}, {Label: p.T("imports.needed")}, {Label: p.T("imports.goes_in")},
		{Label: p.T("imports.example")}, {Label: p.T("imports.also")}}}
	for _, c := range k.Columns() {
		needed := p.T("imports.optional")
		if c.Required {
			needed = p.T("imports.required")
		}
		s.Rows = append(s.Rows, ui.Cells(p.Text(c.Title), needed, p.Text(c.Help), c.Example, strings.Join(c.Also, ", ")))
	}
	return s
}

// open makes the writer of a table that is downloaded.
func open(w http.ResponseWriter, name, sheet string) (table.Writer, error) {
	mime := map[string]string{"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
	_, ending, _ := strings.Cut(name, ".")
	if mime[ending] == "" {
		return nil, problem.New(problem.NotFound, "problem.not_found")
	}
	w.Header().Set("Content-Type", mime[ending])
	w.Header().Set("Content-Disposition", `attachment; filename="`+sheet+`.`+ending+`"`)
	if ending == "csv" {
		return table.NewCSV(w), nil
	}
	return table.NewXLSX(w, sheet)
}

func (h pages) template(w http.ResponseWriter, r *http.Request) error {
	k, err := h.imports.Kind(web.Actor(r), r.PathValue("kind"))
	if err != nil {
		return err
	}
	if !strings.HasPrefix(r.PathValue("file"), "template.") {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	out, err := open(w, r.PathValue("file"), k.Name())
	if err != nil {
		return err
	}
	return imports.WriteTemplate(out, k, web.Lang(r))
}

func (h pages) receive(w http.ResponseWriter, r *http.Request) error {
	im, err := h.upload(r)
	if bad := problem.As(err); bad != nil && (bad.Kind == problem.Invalid || bad.Kind == problem.TooLarge) {
		return h.showKind(w, r, bad)
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, im.Ref().Path, "")
}

func (h pages) upload(r *http.Request) (imports.Import, error) {
	f := web.ReadForm(r)
	if r.MultipartForm != nil {
		defer func() { _ = r.MultipartForm.RemoveAll() }()
	}
	file, header, ok := f.File("file")
	if err := f.Err(); err != nil {
		return imports.Import{}, err
	}
	if !ok {
		return imports.Import{}, problem.New(problem.Invalid, "imports.no_file")
	}
	defer file.Close()
	return h.imports.Receive(r.Context(), web.Actor(r), r.PathValue("kind"), header.Filename, file, header.Size)
}

// view is one import with what its page needs.
type view struct {
	ui.Page
	imports.Import
	kind  imports.Kind
	which imports.Which
	show  string
	rows  []*imports.Row
	next  string
	bad   *problem.Problem
}

// shows are the groups of rows that the page of an import can show.
var shows = map[string]imports.Which{
	"refused": {Verdict: imports.Refuse}, "added": {Verdict: imports.Add}, "changed": {Verdict: imports.Change},
	"same": {Verdict: imports.Same}, "kept": {Outcome: imports.Kept},
}

func (h pages) show(w http.ResponseWriter, r *http.Request) error { return h.showImport(w, r, nil) }

func (h pages) showImport(w http.ResponseWriter, r *http.Request, bad *problem.Problem) error {
	v, err := h.view(r)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if v.bad = bad; bad != nil {
		status = web.Status(bad)
	} else if v.State.Working() {
		w.Header().Set("Refresh", "2") // without a script the page moves by itself
	}
	return web.Render(w, r, status, importPage(v))
}

func (h pages) view(r *http.Request) (v view, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return v, err
	}
	if v.Import, err = h.imports.ByID(r.Context(), web.Actor(r), id); err != nil {
		return v, err
	}
	if v.kind, err = h.imports.Kind(access.Portal("pages"), v.Import.Kind); err != nil {
		return v, err
	}
	words := web.Words(r)
	v.Page = page(r, v.FileName, ui.Crumb{Title: words.T("imports.title"), Path: "/desk/imports"},
		ui.Crumb{Title: words.Text(v.kind.Title()), Path: "/desk/imports/kinds/" + v.kind.Name()})
	v.Page.Path = v.Ref().Path
	return v, h.pick(r.Context(), web.Actor(r), r.URL.Query().Get("show"), r.URL.Query().Get("after"), &v)
}

// pick loads the rows of the group that is asked for, or of the one that matters
// most now.
func (h pages) pick(ctx context.Context, by access.Actor, show, after string, v *view) (err error) {
	var ok bool
	if v.which, ok = shows[show]; !ok {
		show = v.foremost()
		v.which = shows[show]
	}
	v.show = show
	if v.State == imports.Reading || v.State == imports.Failed {
		return nil
	}
	from, _ := strconv.Atoi(after)
	if v.rows, err = h.imports.Rows(ctx, by, v.ID, v.which, from, rowsShown+1); err != nil {
		return err
	}
	if len(v.rows) > rowsShown {
		v.rows = v.rows[:rowsShown]
		v.next = v.Ref().Path + "?show=" + show + "&after=" + strconv.Itoa(v.rows[rowsShown-1].No)
	}
	return nil
}

// foremost is the group of rows that matters most.
func (v view) foremost() string {
	c := v.Counts
	switch {
	case c.Kept > 0:
		return "kept"
	case c.Refused > 0:
		return "refused"
	case c.Add > 0:
		return "added"
	case c.Change > 0:
		return "changed"
	}
	return "same"
}

func (v view) tabs() (tabs []ui.Link) {
	c := v.Counts
	for _, t := range []struct {
		name string
		n    int64
	}{{"kept", c.Kept}, {"refused", c.Refused}, {"added", c.Add}, {"changed", c.Change}, {"same", c.Same}} {
		if t.n > 0 {
			tabs = append(tabs, ui.Link{Title: v.T("imports.tab." + t.name), Path: v.Ref().Path + "?show=" + t.name, Current: v.show == t.name, Count: t.n, HasCount: true})
		}
	}
	return tabs
}

func (v view) figures() []ui.Figure {
	c := v.Counts
	done := v.State == imports.Done || v.State == imports.Undone || v.State == imports.Undoing
	out := []ui.Figure{{Label: v.T("imports.rows"), Value: v.Int(c.Read)}}
	add := func(key string, n int64, tone string) {
		if n > 0 {
			out = append(out, ui.Figure{Label: v.T(key), Value: v.Int(n), Tone: tone})
		}
	}
	if done {
		add("imports.figure.applied", c.Applied, ui.Good)
	} else {
		add("imports.figure.add", c.Add, ui.Good)
		add("imports.figure.change", c.Change, "")
	}
	add("imports.figure.same", c.Same, "")
	add("imports.figure.refused", c.Refused, ui.Late)
	add("imports.figure.undone", c.Undone, "")
	add("imports.figure.kept", c.Kept, ui.Wait)
	return out
}

// steps are the way of a table into the portal.
func (v view) steps() []ui.Step {
	at := map[imports.State]int{imports.Reading: 1, imports.Failed: 1, imports.Checked: 2, imports.Dropped: 2, imports.Applying: 3, imports.Done: 4}
	now, ok := at[v.State]
	if !ok {
		now = 4
	}
	var out []ui.Step
	for i, key := range []string{"imports.step.hand_in", "imports.step.check", "imports.step.look", "imports.step.apply"} {
		s := ui.Step{Title: v.T(key)}
		switch {
		case i < now:
			s.State = ui.Done
		case i == now:
			s.State = ui.Now
		}
		out = append(out, s)
	}
	return out
}

// found lists rows: of faulty ones each fault beside its cell, of the others
// what they are about.
func (v view) found() ui.Sheet {
	if v.show == "refused" || v.show == "kept" {
		return v.faults()
	}
	s := ui.Sheet{Caption: v.T("imports.tab." + v.show), Columns: []ui.Column{{Label: v.T("imports.line")}, {Label: v.T("imports.about")}}}
	for _, r := range v.rows {
		s.Rows = append(s.Rows, []ui.Cell{{Text: strconv.Itoa(r.Line)}, v.about(r)})
	}
	return s
}

// about names what a row is about, with a link when it stands.
func (v view) about(r *imports.Row) ui.Cell {
	c := ui.Cell{Text: r.About}
	if c.Text == "" {
		c.Text = v.T("imports.nameless")
	}
	if r.Thing != 0 && r.Outcome != imports.PutBack && (r.Outcome != "" || r.Verdict != imports.Add) {
		c.Path = v.kind.Path(r.Thing)
	}
	return c
}

func (v view) faults() ui.Sheet {
	s := ui.Sheet{Caption: v.T("imports.tab." + v.show), Columns: []ui.Column{{Label: v.T("imports.line")}, {Label: v.T("imports.about")},
		{Label: v.T("imports.column")}, {Label: v.T("imports.cell")}, {Label: v.T("imports.wrong")}}}
	match := imports.Cells(v.kind, v.Header)
	for _, r := range v.rows {
		for _, column := range imports.Faulty(v.kind, r.Faults) {
			cell := match(r, column)
			if cell == "" {
				cell = v.T("imports.empty")
			}
			s.Rows = append(s.Rows, []ui.Cell{{Text: strconv.Itoa(r.Line)}, v.about(r), {Text: v.Text(imports.TitleOf(v.kind, column))}, {Text: cell},
				{Text: v.T(r.Faults[column].Key, r.Faults[column].Args...), Tone: ui.Late}})
		}
	}
	if v.show == "kept" {
		for i := range s.Rows {
			s.Rows[i] = []ui.Cell{s.Rows[i][0], s.Rows[i][1], s.Rows[i][4]}
		}
		s.Columns = []ui.Column{s.Columns[0], s.Columns[1], {Label: v.T("imports.why_kept")}}
	}
	return s
}

func (v view) rest() []ui.Download {
	base := v.URL(v.Ref().Path)
	return []ui.Download{{Format: "XLSX", Href: base + "/rest.xlsx"}, {Format: "CSV", Href: base + "/rest.csv"}}
}

func templates(p ui.Page, k imports.Kind) []ui.Download {
	base := p.URL("/desk/imports/kinds/" + k.Name())
	return []ui.Download{{Format: "XLSX", Href: base + "/template.xlsx"}, {Format: "CSV", Href: base + "/template.csv"}}
}

// rest gives back the refused rows as a table.
func (h pages) rest(w http.ResponseWriter, r *http.Request) error {
	v, err := h.view(r)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(r.PathValue("file"), "rest.") {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	out, err := open(w, r.PathValue("file"), "birge-"+v.ID.String())
	if err != nil {
		return err
	}
	return h.imports.WriteRest(r.Context(), web.Actor(r), v.ID, out, web.Words(r))
}

type word func(s *imports.Service, ctx context.Context, by access.Actor, id ref.ID, version int64) (imports.Import, error)

// act passes on one word of the officer and shows the import again.
func (h pages) act(say word) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := web.ID(r, "id")
		if err != nil {
			return err
		}
		f := web.ReadForm(r)
		version := f.Version()
		if err := f.Err(); err != nil {
			return err
		}
		im, err := say(h.imports, r.Context(), web.Actor(r), id, version)
		if bad, ok := web.Refused(err); ok {
			return h.showImport(w, r, bad)
		}
		if err != nil {
			return err
		}
		return web.SeeOther(w, r, im.Ref().Path, "")
	}
}
