package fundingweb

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"birge/internal/funding"
	"birge/internal/platform/forms"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

// draftNo stands for the draft where a number of a version is asked for.
const draftNo = "draft"

func (h *Pages) forms(w http.ResponseWriter, r *http.Request) error {
	web.Touch(r, funding.KindForm)
	list, err := h.Funding.Forms(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	p := ui.PageOf(r, web.Words(r).T("funding.forms"))
	for _, f := range list {
		web.Touch(r, f.Owner.Key())
	}
	mayBuild := false
	if web.Actor(r).SignedIn() {
		owners, err := h.Funding.FormOwners(r.Context(), web.Actor(r))
		if err != nil {
			return err
		}
		mayBuild = len(owners) > 0
	}
	return web.Render(w, r, http.StatusOK, formsPage(p, formsSheet(p, list), mayBuild))
}

func formsSheet(p ui.Page, list []funding.FormCard) ui.Sheet {
	s := ui.Sheet{Caption: p.T("funding.forms"), Empty: p.T("funding.forms.none"),
		Columns: []ui.Column{{Label: p.T("funding.form")}, {Label: p.T("funding.form.owner")}, {Label: p.T("funding.form.versions")}}}
	for _, f := range list {
		versions := ui.Cell{Text: strconv.Itoa(f.Newest)}
		if f.Newest == 0 {
			versions = ui.Cell{Text: p.T("funding.form.no_version"), Tone: ui.Wait}
		}
		s.Rows = append(s.Rows, []ui.Cell{{Show: refLink(p, f.Ref())}, {Show: refLink(p, f.Owner)}, versions})
	}
	return s
}

// formView is a form with what is needed to draw it.
type formView struct {
	ui.Page
	funding.FormStory
	h *Pages
	r *http.Request
}

// readForm loads the form that a request asks for.
func (h *Pages) readForm(r *http.Request) (v formView, err error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return v, err
	}
	web.Touch(r, ref.Ref{Kind: funding.KindForm, ID: id}.Key())
	v = formView{Page: ui.PageOf(r, ""), h: h, r: r}
	if v.FormStory, err = h.Funding.FormStory(r.Context(), web.Actor(r), id); err != nil {
		return v, err
	}
	web.Touch(r, v.Owner.Key(), funding.KindCall)
	v.Title = v.Text(v.Form.Title)
	v.Page.Sample = v.Page.Sample || v.Form.Sample
	v.Crumbs = []ui.Crumb{{Title: v.T("funding.forms"), Path: "/forms"}}
	return v, nil
}

// readKept is readForm for those who build the form.
func (h *Pages) readKept(r *http.Request) (formView, error) {
	v, err := h.readForm(r)
	if err == nil && !v.MayKeep {
		err = problem.New(problem.Forbidden, "funding.only_funder_side")
	}
	v.NoIndex = true
	v.Crumbs = append(v.Crumbs, ui.Crumb{Title: v.Title, Path: v.path("")})
	return v, err
}

func (v formView) path(rest string) string { return v.Form.Ref().Path + rest }

// filling is a form as it is asked, with the conditions of the portal not yet known.
func (v formView) filling(f forms.Form) ui.Filling {
	return ui.Filling{Form: f, Known: forms.Known{Env: funding.Env(v.h.Norms.Book())}}
}

// whole is a form to look at.
func (v formView) whole(f forms.Form) ui.Filling {
	out := v.filling(f)
	out.Whole = true
	return out
}

func (h *Pages) form(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readForm(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, formPage(v))
}

// newest is the form as it is asked now; none while there is no version.
func (v formView) newest() (forms.Form, bool) {
	if len(v.Versions) == 0 {
		return forms.Form{}, false
	}
	f, err := v.Versions[0].Form()
	return f, err == nil
}

func (v formView) versions() ui.Sheet {
	s := ui.Sheet{Caption: v.T("funding.form.versions"), Empty: v.T("funding.form.no_version"),
		Columns: []ui.Column{{Label: v.T("funding.form.version")}, {Label: v.T("funding.form.since")}, {Label: v.T("funding.form.reason")}, {Label: v.T("funding.form.changes")}}}
	for _, x := range v.Versions {
		no, change := strconv.Itoa(x.No), ui.Cell{Text: "—"}
		if x.No > 1 {
			change = ui.Cell{Text: v.T("funding.form.show_changes"), Path: v.compare(strconv.Itoa(x.No-1), no)}
		}
		s.Rows = append(s.Rows, []ui.Cell{{Text: v.T("funding.form.version_no", "no", no), Path: v.path("/versions/" + no)}, {Text: v.Date(x.At.In(web.Zone(v.r)))}, {Text: v.Text(x.Reason)}, change})
	}
	return s
}

func (v formView) compare(from, to string) string {
	return v.path("/compare?from=" + from + "&to=" + to)
}

func (h *Pages) formVersion(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readForm(r)
	if err != nil {
		return err
	}
	no, _ := strconv.Atoi(r.PathValue("no"))
	x, ok := v.VersionNo(no)
	if !ok {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	f, err := x.Form()
	if err != nil {
		return err
	}
	v.Crumbs = append(v.Crumbs, ui.Crumb{Title: v.Title, Path: v.path("")})
	return web.Render(w, r, http.StatusOK, formVersionPage(v, x, f, web.ReadForm(r).Line("as") == "text"))
}

// versionTabs lead between a version as it is asked and as its text.
func (v formView) versionTabs(no int, asText bool) []ui.Link {
	path := v.path("/versions/" + strconv.Itoa(no))
	return []ui.Link{{Title: v.T("funding.form.as_asked"), Path: path, Current: !asText}, {Title: v.T("funding.form.as_text"), Path: path + "?as=text", Current: asText}}
}

// compared are two versions beside each other.
type compared struct {
	formView
	from, to string
	changes  []forms.Change
}

func (h *Pages) compareForm(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readForm(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	c := compared{formView: v, from: f.Line("from"), to: f.Line("to")}
	if c.to == "" {
		c.to = strconv.Itoa(v.Form.Newest)
	}
	if c.from == "" {
		c.from = strconv.Itoa(max(1, v.Form.Newest-1))
	}
	a, okA := v.versionForm(c.from)
	b, okB := v.versionForm(c.to)
	if !okA || !okB {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	c.changes = forms.Diff(a, b)
	c.NoIndex = true
	c.Crumbs = append(c.Crumbs, ui.Crumb{Title: c.Title, Path: c.path("")})
	return web.Render(w, r, http.StatusOK, comparePage(c))
}

// versionForm is a version by its number, or the draft for those who build it.
func (v formView) versionForm(no string) (forms.Form, bool) {
	if no == draftNo && v.MayKeep {
		f, err := v.Draft.Form()
		return f, err == nil
	}
	n, _ := strconv.Atoi(no)
	x, ok := v.VersionNo(n)
	f, err := x.Form()
	return f, ok && err == nil
}

// versionChoices are the versions to compare, chosen marked.
func (v formView) versionChoices(chosen string) (out []ui.Choice) {
	if v.MayKeep {
		out = append(out, ui.Choice{Value: draftNo, Label: v.T("funding.form.draft"), Selected: chosen == draftNo})
	}
	for _, x := range v.Versions {
		no := strconv.Itoa(x.No)
		out = append(out, ui.Choice{Value: no, Label: v.T("funding.form.version_no", "no", no), Selected: chosen == no})
	}
	return out
}

// changeTones are how the kinds of changes are marked.
var changeTones = map[string]string{forms.Added: ui.Good, forms.Removed: ui.Late, forms.Changed: ui.Wait, forms.Moved: ""}

// name is a section or question of a change as people know it.
func (c compared) name(x forms.Change) string {
	if s := c.Text(x.Title); s != "" {
		return s
	}
	return x.Code
}

// partName says which line of a block changed.
func (c compared) partName(x forms.Part) string {
	first, rest, _ := strings.Cut(x.Name, " ")
	if lang, ok := i18n.ParseLang(first); ok {
		return c.T("funding.form.part.title") + " (" + string(lang) + ")"
	}
	if rest != "" {
		return c.T("funding.form.part."+first) + " (" + rest + ")"
	}
	return c.T("funding.form.part." + first)
}

func (h *Pages) newForm(w http.ResponseWriter, r *http.Request) error {
	return h.showNewForm(w, r, url.Values{"from": {r.URL.Query().Get("from")}}, nil)
}

func (h *Pages) showNewForm(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	owners, bad := h.Funding.FormOwners(r.Context(), web.Actor(r))
	if bad != nil {
		return bad
	}
	if len(owners) == 0 {
		return problem.New(problem.Forbidden, "funding.only_funder_side")
	}
	list, bad := h.Funding.Forms(r.Context(), web.Actor(r))
	if bad != nil {
		return bad
	}
	return ui.ShowForm(w, r, "funding.form.new", values, err, func(t ui.FormPage) templ.Component {
		var from, by []ui.Choice
		for _, o := range owners {
			by = append(by, ui.Choice{Value: o.ID.String(), Label: t.Text(o.Title)})
		}
		from = append(from, ui.Choice{Label: t.T("funding.form.from_nothing")})
		for _, f := range list {
			if f.Newest > 0 {
				from = append(from, ui.Choice{Value: f.ID.String(), Label: t.Text(f.Title) + " · " + t.Text(f.Owner.Title)})
			}
		}
		return newFormFields(t, by, from)
	})
}

func (h *Pages) createForm(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	n := funding.NewForm{OwnerID: f.ID("owner"), Title: f.Texts("title"), From: f.ID("from")}
	err := f.Err()
	var made funding.Form
	if err == nil {
		made, err = h.Funding.CreateForm(r.Context(), web.Actor(r), n)
	}
	if err != nil {
		return h.showNewForm(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, made.Ref().Path+"/draft", "funding.notice.form_begun")
}

// taken are the codes of a form that are in use, but for one.
func taken(f forms.Form, but string) func(string) bool {
	return func(code string) bool {
		_, is := f.Question(code)
		return is && code != but
	}
}

func sectionTaken(f forms.Form, but string) func(string) bool {
	return func(code string) bool {
		return code != but && slices.ContainsFunc(f.Sections, func(s forms.Section) bool { return s.Code == code })
	}
}

// last is the number of the newest version.
func last(v formView) string { return strconv.Itoa(v.Form.Newest) }

func noOf(x funding.FormVersion) string { return strconv.Itoa(x.No) }

// example is a form as text for those who write their first.
const example = `# about
kk: Жоба туралы
ru: О проекте
en: About the project

goal: paragraph, required, 150 words, in kk ru
kk: Жобаның мақсаты қандай?
ru: Какова цель проекта?
en: What is the goal of the project?
hint ru: Одно-два предложения.

kind: choice, required
kk: Жобаның түрі
ru: Вид проекта
en: Kind of project
- festival | Фестиваль | Фестиваль | Festival
- course | Курс | Курс | Course

stage: yes_no
kk: Сахна керек пе?
ru: Нужна ли сцена?
en: Is a stage needed?
if: kind == "festival"

costs: table, from 1 to 10
kk: Неге жұмсалады?
ru: На что пойдут деньги?
en: What is the money for?
+ what: text | Не | Что | What
+ sum: money | Сомасы | Сумма | Sum

charter: file, documents, to 2, blind
kk: Жарғы
ru: Устав
en: Charter
`
