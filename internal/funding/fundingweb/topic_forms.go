package fundingweb

import (
	"io"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"birge/internal/funding"
	"birge/internal/platform/access"
	"birge/internal/platform/files"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"

	"github.com/a-h/templ"
)

// indicatorRows is how many indicators a topic has at most.
const indicatorRows = 3

// draw shows a form; err is why it was not taken, with what was typed kept. now is
// the row that the form changes, nil where it makes one.
func (h *Pages) draw(w http.ResponseWriter, r *http.Request, title string, values, now url.Values, err error, body func(f form) templ.Component) error {
	return ui.ShowEdit(w, r, title, values, now, err, func(t ui.FormPage) templ.Component { return body(form{t, h}) })
}

// needForm is the form of a need: a new one or one that is changed.
type needForm struct {
	form
	window funding.Window
	body   ref.Ref
	path   string
	orgs   []ui.Choice // in whose name it may be proposed; none while it is changed
	alike  []funding.Overlap
	asked  bool // what is alike was asked for
}

// years are the lengths that can be chosen.
func (f needForm) years() []ui.Choice {
	longest, _ := f.h.Norms.Book().Norm("project.years", f.window.NormsOn)
	var out []ui.Choice
	for n := int64(1); n <= longest.Value.To; n++ {
		out = append(out, ui.Choice{Value: strconv.FormatInt(n, 10), Label: f.N("funding.topic.for_years", n)})
	}
	return out
}

// filled tells that something was typed into a row of the indicators.
func (f needForm) filled(i int) bool {
	at := row("indicators", i)
	for _, field := range []string{"name.kk", "name.ru", "name.en", "now", "target"} {
		if f.Values.Get(at+field) != "" {
			return true
		}
	}
	return false
}

func (f needForm) spheres() []ui.Choice { return f.terms("sphere", f.window.Takes) }

// windowOf is the window that the address names; without one the only that is
// open. ok is false where the reader has to choose.
func (h *Pages) windowOf(r *http.Request) (w funding.Window, body ref.Ref, ok bool, err error) {
	if id, named := ref.ParseID(r.URL.Query().Get("window")); named {
		w, body, err = h.Funding.Window(r.Context(), id)
		return w, body, err == nil, err
	}
	list, bodies, err := h.Funding.Windows(r.Context())
	list = slices.DeleteFunc(list, func(w funding.Window) bool { return !w.OpenOn(h.Funding.Today()) })
	if err != nil || len(list) != 1 {
		return w, body, false, err
	}
	return list[0], bodies[list[0].BodyID], true, nil
}

func (h *Pages) newTopicForm(w http.ResponseWriter, r *http.Request) error {
	return h.showNewTopic(w, r, url.Values{}, nil)
}

func (h *Pages) showNewTopic(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	window, body, ok, missing := h.windowOf(r)
	if missing != nil {
		return missing
	}
	if !ok {
		return web.SeeOther(w, r, "/topics#windows", "")
	}
	mine, missing := h.ownOrgs(r, window)
	if missing != nil {
		return missing
	}
	f := needForm{window: window, body: body, orgs: mine, path: "/topics/new?window=" + window.ID.String()}
	if f.alike, f.asked, missing = h.alikeTyped(r, window, values); missing != nil {
		return missing
	}
	return h.draw(w, r, "funding.topic.propose", values, nil, err, func(t form) templ.Component {
		f.form = t
		return needFields(f)
	})
}

// ownOrgs are the organizations in whose name the reader may propose.
func (h *Pages) ownOrgs(r *http.Request, w funding.Window) ([]ui.Choice, error) {
	by, p := web.Actor(r), web.Words(r)
	ids := append(by.Scopes(access.Lead), by.Scopes(access.Staff)...)
	slices.Sort(ids)
	ids = slices.DeleteFunc(slices.Compact(ids), func(id ref.ID) bool { return id == w.BodyID })
	names, err := h.Projects.OrgRefs(r.Context(), ids)
	out := []ui.Choice{{Value: "", Label: p.T("funding.topic.as_citizen")}}
	for _, id := range ids {
		if name, ok := names[id]; ok {
			out = append(out, ui.Choice{Value: id.String(), Label: p.Text(name.Title)})
		}
	}
	return out, err
}

// alikeTyped finds what a need overlaps as far as it is typed.
func (h *Pages) alikeTyped(r *http.Request, w funding.Window, values url.Values) ([]funding.Overlap, bool, error) {
	if len(values) == 0 {
		return nil, false, nil
	}
	f := web.ReadForm(r)
	list, err := h.Funding.Similar(r.Context(), h.typedNeed(f), w.Year, f.ID("self"))
	return list, true, err
}

// alikeWhileTyping answers with the overlaps of a form that is not sent yet.
func (h *Pages) alikeWhileTyping(w http.ResponseWriter, r *http.Request) error {
	window, _, ok, err := h.windowOf(r)
	if err != nil || !ok {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	list, _, err := h.alikeTyped(r, window, web.ReadForm(r).Values)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, alikeList(ui.PageOf(r, ""), h, list))
}

// typedNeed judges shape only; meaning is judged by the room.
func (h *Pages) typedNeed(f *web.Form) funding.Need {
	n := funding.Need{Title: f.Texts("title"), Problem: f.Texts("problem"), Evidence: f.Texts("evidence"), Groups: f.List("groups"), People: f.Int("people"),
		PlaceID: h.Places.Tree().Read(f, "place"), Sphere: f.Line("sphere"), Result: f.Texts("result"), Years: int(f.Int("years")), Sum: f.Money("sum")}
	for i := range indicatorRows {
		at := row("indicators", i)
		x := projects.Indicator{ID: f.ID(at + "id"), Name: f.Texts(at + "name"), Unit: f.Texts(at + "unit")}
		x.Baseline, x.Target = typedNumber(f, at+"now"), typedNumber(f, at+"target")
		if !x.Name.IsZero() || x.Target.Known || x.Baseline.Known {
			n.Indicators = append(n.Indicators, x)
		}
	}
	return n
}

func typedNumber(f *web.Form, name string) projects.Value {
	if !f.Has(name) {
		return projects.Value{}
	}
	return projects.NumberOf(int64(math.Round(f.Decimal(name) * projects.Thousandth)))
}

func (h *Pages) proposeTopic(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	if f.Line("do") == "alike" {
		return h.showNewTopic(w, r, f.Values, nil)
	}
	window, _ := ref.ParseID(r.URL.Query().Get("window"))
	n := funding.NewTopic{WindowID: window, ByOrg: f.ID("org"), Need: h.typedNeed(f)}
	err := f.Err()
	var t funding.Topic
	if err == nil {
		t, err = h.Funding.ProposeTopic(r.Context(), web.Actor(r), n)
	}
	if err != nil {
		return h.showNewTopic(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, t.Ref().Path, "funding.notice.proposed")
}

// needValues is a need as the values of its form.
func (v topicView) needValues() url.Values {
	t := v.Topic
	values := url.Values{"groups": t.Groups, "people": {strconv.FormatInt(t.People, 10)}, "place": {v.h.placeOf(t.PlaceID).Code()}, "sphere": {t.Sphere},
		"years": {strconv.Itoa(t.Years)}, "sum": {tenge(t.Sum)}, "version": {strconv.FormatInt(t.Version, 10)}, "self": {t.ID.String()}}
	ui.PutTexts(values, "title", t.Title)
	ui.PutTexts(values, "problem", t.Problem)
	ui.PutTexts(values, "evidence", t.Evidence)
	ui.PutTexts(values, "result", t.Result)
	for i, x := range t.Indicators {
		at := row("indicators", i)
		values.Set(at+"id", x.ID.String())
		ui.PutTexts(values, at+"name", x.Name)
		ui.PutTexts(values, at+"unit", x.Unit)
		values.Set(at+"now", projects.Number.Written(x.Baseline))
		values.Set(at+"target", projects.Number.Written(x.Target))
	}
	return values
}

func (h *Pages) editTopicForm(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readTopic(r)
	if err != nil {
		return err
	}
	return h.showEditTopic(w, r, v, v.needValues(), nil)
}

func (h *Pages) showEditTopic(w http.ResponseWriter, r *http.Request, v topicView, values url.Values, err error) error {
	if !v.May.Keep {
		return problem.New(problem.Forbidden, "funding.topic.only_proposer")
	}
	f := needForm{window: v.Window, body: v.body(), path: v.Topic.Ref().Path + "/edit", alike: v.Overlaps, asked: true}
	return h.draw(w, r, "funding.topic.edit", values, v.needValues(), err, func(t form) templ.Component {
		f.form = t
		return needFields(f)
	})
}

func (h *Pages) editTopic(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readTopic(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	n := h.typedNeed(f)
	if f.Line("do") == "alike" {
		return h.showEditTopic(w, r, v, f.Values, nil)
	}
	if err = f.Err(); err == nil {
		_, err = h.Funding.EditTopic(r.Context(), web.Actor(r), v.Topic.ID, f.Version(), n)
	}
	if err != nil {
		return h.showEditTopic(w, r, v, f.Values, err)
	}
	return web.SeeOther(w, r, v.Topic.Ref().Path, "funding.notice.saved")
}

func (h *Pages) withdrawTopic(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	t, err := h.Funding.WithdrawTopic(r.Context(), web.Actor(r), id)
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, t.Ref().Path, "funding.notice.withdrawn")
}

func (h *Pages) topicFilesForm(w http.ResponseWriter, r *http.Request) error {
	return h.showTopicFiles(w, r, nil)
}

func (h *Pages) showTopicFiles(w http.ResponseWriter, r *http.Request, err error) error {
	v, missing := h.readTopic(r)
	if missing != nil {
		return missing
	}
	if !v.May.Keep {
		return problem.New(problem.Forbidden, "funding.topic.only_proposer")
	}
	return h.draw(w, r, "funding.topic.add_files", url.Values{}, nil, err, func(f form) templ.Component { return topicFileFields(f, v) })
}

func (h *Pages) addTopicFiles(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	uploads := f.Files("files")
	f.Reject(len(uploads) == 0, "files", "form.required")
	f.Reject(len(uploads) > funding.MostTopicFiles, "files", "funding.topic.too_many_files", "most", funding.MostTopicFiles)
	var checked []*files.Checked
	if err = f.Err(); err == nil {
		checked, err = ui.Judge(r, uploads, func(name string, body io.Reader) (*files.Checked, error) {
			return h.Funding.CheckTopicFile(r.Context(), web.Actor(r), id, name, body)
		})
	}
	if err == nil {
		err = h.Funding.AddTopicFiles(r.Context(), web.Actor(r), id, checked)
	}
	if err != nil {
		return h.showTopicFiles(w, r, err)
	}
	return web.SeeOther(w, r, "/topics/"+id.String(), "funding.notice.files")
}

func (h *Pages) topicFile(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	file, err := web.ID(r, "paper")
	if err != nil {
		return err
	}
	f, err := h.Funding.TopicFile(r.Context(), web.Actor(r), id, file)
	if err != nil {
		return err
	}
	return h.Files.Serve(w, r, f, r.PathValue("variant"))
}

func (h *Pages) showTopicFile(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	file, err := web.ID(r, "paper")
	if err != nil {
		return err
	}
	if err := h.Funding.ShowTopicFile(r.Context(), web.Actor(r), id, file, web.ReadForm(r).Line("do") == "show"); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/topics/"+id.String(), "funding.notice.saved")
}

func (h *Pages) reviewForm(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readTopic(r)
	if err != nil {
		return err
	}
	return h.showReview(w, r, v, v.versionValues(), nil)
}

func (v topicView) versionValues() url.Values {
	return url.Values{"version": {strconv.FormatInt(v.Topic.Version, 10)}}
}

func (h *Pages) showReview(w http.ResponseWriter, r *http.Request, v topicView, values url.Values, err error) error {
	if !v.May.Judge {
		return problem.New(problem.Forbidden, "funding.only_funder_side")
	}
	return h.draw(w, r, "funding.topic.review", values, v.versionValues(), err, func(f form) templ.Component { return reviewFields(f, v) })
}

func (h *Pages) reviewTopic(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readTopic(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	answer := funding.Review{State: funding.TopicState(f.Line("state")), Reason: f.Texts("reason")}
	if answer.State == funding.TopicMerged {
		var known bool
		answer.Into, known, err = h.Funding.TopicByNumber(r.Context(), f.Line("into"))
		if err != nil {
			return err
		}
		f.Reject(f.Has("into") && !known, "into", "funding.topic.unknown_number")
	}
	if err = f.Err(); err == nil {
		_, err = h.Funding.ReviewTopic(r.Context(), web.Actor(r), v.Topic.ID, f.Version(), answer)
	}
	if err != nil {
		return h.showReview(w, r, v, f.Values, err)
	}
	return web.SeeOther(w, r, v.Topic.Ref().Path, "funding.notice.reviewed")
}

func (h *Pages) windowForm(w http.ResponseWriter, r *http.Request) error {
	today := h.Funding.Today()
	values := url.Values{"year": {strconv.Itoa(today.Year() + 1)}, "opens": {today.String()}, "kind": {projects.StateSocialOrder}}
	if due := h.Norms.Book().Due("order.topics_open", today, today); !due.IsZero() {
		values.Set("closes", due.String())
	}
	return h.showWindow(w, r, values, nil)
}

func (h *Pages) showWindow(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	by := web.Actor(r)
	ids := slices.Concat(by.Scopes(access.Lead), by.Scopes(access.Officer), by.Scopes(access.Funder))
	names, missing := h.Projects.OrgRefs(r.Context(), ids)
	if missing != nil {
		return missing
	}
	if len(names) == 1 && !values.Has("body") {
		for _, name := range names {
			values.Set("body", web.Words(r).Text(name.Title))
		}
	}
	return h.draw(w, r, "funding.window.open", values, nil, err, func(f form) templ.Component { return windowFields(f) })
}

func (h *Pages) openWindow(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	n := funding.Window{BodyID: h.Orgs.Read(f, h.Search, "body").ID, PlaceID: h.Places.Tree().Read(f, "place"), Kind: f.Line("kind"), Year: int(f.Int("year")), About: f.Texts("about"),
		Spheres: f.List("spheres"), Opens: f.Date("opens"), Closes: f.Date("closes"), ReviewDays: int(f.Int("review_days"))}
	err := f.Err()
	if err == nil {
		n, err = h.Funding.OpenWindow(r.Context(), web.Actor(r), n)
	}
	if err != nil {
		return h.showWindow(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, n.Ref().Path, "funding.notice.opened")
}

// changeWindowForm extends a window or changes what it says.
func (h *Pages) changeWindowForm(w http.ResponseWriter, r *http.Request) error {
	window, body, err := h.keptWindow(r)
	if err != nil {
		return err
	}
	return h.showChange(w, r, window, body, valuesOfWindow(window), nil)
}

// keptWindow is the window of the address, for those who run it.
func (h *Pages) keptWindow(r *http.Request) (funding.Window, ref.Ref, error) {
	id, err := web.ID(r, "id")
	if err != nil {
		return funding.Window{}, ref.Ref{}, err
	}
	window, body, err := h.Funding.Window(r.Context(), id)
	if err == nil && !h.Funding.MayAsk(web.Actor(r), window) {
		err = problem.New(problem.Forbidden, "funding.only_funder_side")
	}
	return window, body, err
}

func valuesOfWindow(n funding.Window) url.Values {
	values := url.Values{"closes": {n.Closes.String()}, "spheres": n.Spheres, "version": {strconv.FormatInt(n.Version, 10)}}
	ui.PutTexts(values, "about", n.About)
	return values
}

func (h *Pages) showChange(w http.ResponseWriter, r *http.Request, n funding.Window, body ref.Ref, values url.Values, err error) error {
	return h.draw(w, r, "funding.window.change", values, valuesOfWindow(n), err, func(f form) templ.Component { return changeWindowFields(f, n, body) })
}

func (h *Pages) changeWindow(w http.ResponseWriter, r *http.Request) error {
	window, body, err := h.keptWindow(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	n := funding.WindowChange{Closes: f.Date("closes"), About: f.Texts("about"), Spheres: f.List("spheres")}
	if err = f.Err(); err == nil {
		window, err = h.Funding.ChangeWindow(r.Context(), web.Actor(r), window.ID, f.Version(), n)
	}
	if err != nil {
		return h.showChange(w, r, window, body, f.Values, err)
	}
	return web.SeeOther(w, r, window.Ref().Path, "funding.notice.window_changed")
}

// approveForm lists the accepted topics of a window, each with a field for its sum.
func (h *Pages) approveForm(w http.ResponseWriter, r *http.Request) error {
	return h.showApprove(w, r, url.Values{}, nil)
}

func (h *Pages) showApprove(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	window, body, ok, missing := h.windowOf(r)
	if missing != nil {
		return missing
	}
	if !ok {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	if !h.Funding.MayAsk(web.Actor(r), window) {
		return problem.New(problem.Forbidden, "funding.only_funder_side")
	}
	list, missing := h.accepted(r, window)
	if missing != nil {
		return missing
	}
	return h.draw(w, r, "funding.topics.approve", values, nil, err, func(f form) templ.Component { return approveFields(f, window, body, list) })
}

func (h *Pages) accepted(r *http.Request, w funding.Window) ([]funding.Topic, error) {
	list, err := h.Funding.TopicsOf(r.Context(), w.BodyID, funding.TopicAccepted)
	return slices.DeleteFunc(list, func(t funding.Topic) bool { return t.WindowID != w.ID }), err
}

// approveTopics publishes those topics for which a sum was typed.
func (h *Pages) approveTopics(w http.ResponseWriter, r *http.Request) error {
	window, _, ok, err := h.windowOf(r)
	if err != nil || !ok {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	if !h.Funding.MayAsk(web.Actor(r), window) {
		return problem.New(problem.Forbidden, "funding.only_funder_side")
	}
	list, err := h.accepted(r, window)
	if err != nil {
		return err
	}
	f, sums := web.ReadForm(r), funding.Sums{}
	for _, t := range list {
		if name := "sum." + t.ID.String(); f.Has(name) {
			sums[t.ID] = f.Money(name)
		}
	}
	if err = f.Err(); err == nil {
		err = h.Funding.ApproveTopics(r.Context(), web.Actor(r), sums)
	}
	if err != nil {
		return h.showApprove(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, window.Ref().Path+"&state="+string(funding.TopicApproved), "funding.notice.approved")
}

// myTopics lists what the reader and his organizations have proposed.
func (h *Pages) myTopics(w http.ResponseWriter, r *http.Request) error {
	l := topicList{Page: ui.PageOf(r, web.Words(r).T("funding.topics.mine")), h: h}
	l.NoIndex = true
	var err error
	if l.rows, err = h.Funding.ProposedBy(r.Context(), web.Actor(r)); err != nil {
		return err
	}
	var ids []ref.ID
	for _, t := range l.rows {
		ids = append(ids, t.BodyID, t.ByOrg)
	}
	if l.names, err = h.Projects.OrgRefs(r.Context(), ids); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, myTopicsPage(l))
}

// intoField asks for the number of the topic that takes another one in.
func (f form) intoField() ui.Field {
	x := f.Ask("into", "funding.topic.into")
	x.Hint = f.T("funding.topic.into_hint")
	return x
}

// reviewDays asks those who write their own terms for how long an answer takes.
func (f form) reviewDays() ui.Field {
	x := f.Ask("review_days", "funding.window.review_days")
	x.Hint = f.T("funding.window.review_days_hint")
	return x
}
