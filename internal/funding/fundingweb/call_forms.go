package fundingweb

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"birge/internal/funding"
	"birge/internal/panels"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
	"birge/internal/projects"

	"github.com/a-h/templ"
)

// callRows are the lists of rows in the form of a call.
var callRows = ui.Rows{Lists: []string{"rounds", "eligibility", "criteria", "norms", "papers"}, Bare: []string{"eligibility", "norms", "papers"},
	Given: []string{"code", "opens_hour", "closes_hour", "max"}}

// callForm is the form of a call with what it offers to choose from.
type callForm struct {
	form
	programmes []projects.Programme
	pots       []funding.Pot
	ready      []funding.Requirement
	files      []funding.CallFile
	funder     ref.ID // 0 while none is named
	topics     []funding.Topic
	forms      []funding.FormCard
	asks       funding.Terms // what the call says now
	// call is the address of the call, "" while there is none.
	call      string
	published bool
	isNew     bool
}

// reshapedCall tells that a button of the form asked for rows, or for a requirement
// on offer, and does so.
func (h *Pages) reshapedCall(values url.Values) bool {
	if values.Get("one_more") == "of_funder" { // what it can choose from stands in the page that is drawn again
		return true
	}
	if values.Get("one_more") == "ready" {
		for _, r := range h.readyFor(values) {
			if r.Code == values.Get("ready") {
				at := row("eligibility", callRows.Filled(values, "eligibility"))
				values.Set(at+"code", r.Code)
				values.Set(at+"rule", r.Rule)
				ui.PutTexts(values, at+"text", r.Text)
			}
		}
		values.Del("eligibility.rows")
		return true
	}
	return callRows.Reshaped(values)
}

func (h *Pages) readyFor(values url.Values) []funding.Requirement {
	place, ok := h.Places.Tree().ByCode(strings.TrimSpace(values.Get("place")))
	if !ok {
		place = places.Place{}
	}
	return funding.Ready(place)
}

func (h *Pages) newCallForm(w http.ResponseWriter, r *http.Request) error {
	values := url.Values{"threshold": {"70"}, "per_work": {"3"}, "spread": {"30"}, "names": {string(panels.NamesAfter)}}
	by := web.Actor(r)
	scopes := slices.Concat(by.Scopes(access.Funder), by.Scopes(access.Lead), by.Scopes(access.Officer))
	names, err := h.Funding.FunderRefs(r.Context(), slices.DeleteFunc(scopes, func(id ref.ID) bool { return id == 0 }))
	if err != nil {
		return err
	}
	for _, id := range scopes {
		if name, ok := names[id]; ok && values.Get("funder") == "" {
			values.Set("funder", web.Words(r).Text(name.Title))
		}
		if place, ok := h.Places.Tree().Place(id); ok && values.Get("place") == "" {
			values.Set("place", place.Code())
		}
	}
	return h.showNewCall(w, r, values, nil)
}

func (h *Pages) showNewCall(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	return h.showCallForm(w, r, "funding.call.new", values, nil, err, callForm{isNew: true})
}

func (h *Pages) showCallForm(w http.ResponseWriter, r *http.Request, title string, values, now url.Values, err error, c callForm) error {
	list, missing := h.Projects.Programmes(r.Context())
	if missing != nil {
		return missing
	}
	if c.pots, missing = h.Funding.Pots(r.Context(), web.Actor(r)); missing != nil {
		return missing
	}
	c.programmes, c.ready = list, h.readyFor(values)
	if c.isNew {
		c.funder = h.funderOf(r, values)
	}
	if c.forms, missing = h.Funding.Forms(r.Context(), web.Actor(r)); missing != nil {
		return missing
	}
	if c.topics, missing = h.Funding.TopicsToAnswer(r.Context(), c.funder); missing != nil {
		return missing
	}
	return ui.ShowEdit(w, r, title, values, now, err, func(t ui.FormPage) templ.Component {
		c.form = form{t, h}
		return callFields(c)
	})
}

func (h *Pages) createCall(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	if h.reshapedCall(f.Values) {
		return h.showNewCall(w, r, f.Values, nil)
	}
	n := funding.NewCall{FunderID: h.Orgs.Read(f, h.Search, "funder").ID, Terms: h.readTerms(f, web.Zone(r))}
	err := f.Err()
	var c funding.Call
	if err == nil {
		c, err = h.Funding.CreateCall(r.Context(), web.Actor(r), n)
	}
	if err != nil {
		return h.showNewCall(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, c.Ref().Path, "funding.notice.saved")
}

// readTerms judges shape only; meaning is judged by the room.
func (h *Pages) readTerms(f *web.Form, zone *time.Location) funding.Terms {
	callRows.Tidy(f.Values)
	t := funding.Terms{Kind: f.Line("kind"), Length: funding.Length(f.Line("length")), ProgrammeID: f.ID("programme"), PotID: f.ID("pot"), PlaceID: h.Places.Tree().Read(f, "place"),
		Title: f.Texts("title"), About: f.Texts("about"), Who: f.Texts("who"), Spheres: f.List("spheres"), MinSum: f.Money("min_sum"), MaxSum: f.Money("max_sum"),
		MinMonths: int(f.Int("min_months")), MaxMonths: int(f.Int("max_months")), OwnShare: int(f.Int("own_share")), DistrictShare: int(f.Int("district_share")),
		Threshold: int(f.Int("threshold")), PerWork: int(f.Int("per_work")), Spread: int(f.Int("spread")), Blind: f.Bool("blind"),
		Names: panels.Names(f.Line("names")), Contacts: f.Texts("contacts")}
	if t.Kind != projects.StateGrant {
		t.Length = ""
	}
	t.FormID, t.FormVersion = readFormVersion(f)
	for _, typed := range f.List("topics") {
		id, ok := ref.ParseID(typed)
		f.Reject(!ok, "topics", "form.unknown_choice")
		t.TopicIDs = append(t.TopicIDs, id)
	}
	t.PerOrg, t.WinsPerOrg = h.readPerOrg(f, t.Kind)
	each := func(list string, read func(at string)) {
		for i := range callRows.Filled(f.Values, list) {
			read(row(list, i))
		}
	}
	each("rounds", func(at string) {
		t.Rounds = append(t.Rounds, funding.Round{Opens: instant(f, at+"opens", zone, "09:00"), Closes: instant(f, at+"closes", zone, "18:00"), Sum: f.Money(at + "sum"), Year: int(f.Int(at + "year"))})
	})
	codes := f.List("code")
	each("eligibility", func(at string) {
		t.Eligibility = append(t.Eligibility, funding.Requirement{Code: codeOf(f, at+"code", "r", &codes), Text: f.Texts(at + "text"), Rule: f.Line(at + "rule")})
	})
	codes = nil
	each("criteria", func(at string) {
		c := panels.Criterion{Code: codeOf(f, at+"code", "c", &codes), Name: f.Texts(at + "name"), About: f.Texts(at + "about"), Weight: int(f.Int(at + "weight")), Max: int(f.Int(at + "max"))}
		c.Scale = readScale(f, at+"scale")
		t.Criteria = append(t.Criteria, c)
	})
	each("norms", func(at string) {
		t.BudgetNorms = append(t.BudgetNorms, funding.BudgetNorm{Category: f.Line(at + "category"), MaxShare: int(f.Int(at + "max_share")), MaxPrice: f.Money(at + "max_price"),
			Unit: f.Texts(at + "unit"), Reason: f.Texts(at + "reason")})
	})
	each("papers", func(at string) {
		t.Papers = append(t.Papers, funding.Paper{Name: f.Texts(at + "name"), Required: f.Bool(at + "required")})
	})
	return t
}

// codeOf is the code of a row, or the first that no row before has.
func codeOf(f *web.Form, name, prefix string, taken *[]string) string {
	code := f.Line(name)
	for i := 1; code == "" || slices.Contains(*taken, code); i++ {
		code = prefix + strconv.Itoa(i)
	}
	*taken = append(*taken, code)
	return code
}

// instant reads a day and an hour; hour is taken when none is typed.
func instant(f *web.Form, name string, zone *time.Location, hour string) db.Time {
	day := f.Date(name)
	if day.IsZero() {
		return db.Time{}
	}
	if typed := f.Line(name + "_hour"); typed != "" {
		hour = typed
	}
	clock, err := time.Parse("15:04", hour)
	f.Reject(err != nil, name+"_hour", "funding.call.hour")
	y, m, d := day.Date()
	return db.At(time.Date(y, m, d, clock.Hour(), clock.Minute(), 0, 0, zone))
}

// readScale reads what scores mean: a line for each, "5 – clear and proved", in each
// language.
func readScale(f *web.Form, name string) (steps []panels.Step) {
	texts := f.Texts(name)
	for _, l := range i18n.Langs {
		for line := range strings.SplitSeq(texts.Get(l), "\n") {
			if line = strings.TrimSpace(line); line == "" {
				continue
			}
			digits := len(line) - len(strings.TrimLeft(line, "0123456789"))
			score, err := strconv.Atoi(line[:digits])
			said := strings.TrimLeft(line[digits:], " –—-:.\t")
			f.Reject(err != nil || said == "", name+"."+string(l), "funding.call.scale")
			i := slices.IndexFunc(steps, func(s panels.Step) bool { return s.Score == score })
			if i < 0 {
				i, steps = len(steps), append(steps, panels.Step{Score: score})
			}
			steps[i].Text.Set(l, said)
		}
	}
	slices.SortFunc(steps, func(a, b panels.Step) int { return a.Score - b.Score })
	return steps
}

// scaleText writes a scale as it is typed.
func scaleText(steps []panels.Step) (t i18n.Text) {
	for _, l := range i18n.Langs {
		var lines []string
		for _, s := range steps {
			if said := s.Text.Get(l); said != "" {
				lines = append(lines, strconv.Itoa(s.Score)+" – "+said)
			}
		}
		t.Set(l, strings.Join(lines, "\n"))
	}
	return t
}

// values is a call as the values of its form.
func (v callView) values() url.Values {
	c := v.Call
	values := url.Values{"kind": {c.Kind}, "length": {string(c.Length)}, "spheres": c.Spheres, "topics": topicIDs(c.TopicIDs), "form": {formValue(c.FormID, c.FormVersion)}, "names": {string(c.Names)},
		"version": {strconv.FormatInt(c.Version, 10)}, "min_sum": {sumTyped(c.MinSum)}, "max_sum": {sumTyped(c.MaxSum)}}
	for name, n := range map[string]int{"min_months": c.MinMonths, "max_months": c.MaxMonths, "own_share": c.OwnShare, "district_share": c.DistrictShare,
		"threshold": c.Threshold, "per_work": c.PerWork, "spread": c.Spread} {
		values.Set(name, numberTyped(n))
	}
	values.Set("per_org", strconv.Itoa(c.PerOrg)) // 0 is no bound, nothing typed the usual one
	values.Set("wins_per_org", strconv.Itoa(c.WinsPerOrg))
	for name, t := range map[string]i18n.Text{"title": c.Title, "about": c.About, "who": c.Who, "contacts": c.Contacts} {
		ui.PutTexts(values, name, t)
	}
	if place, ok := v.h.Places.Tree().Place(c.PlaceID); ok {
		values.Set("place", place.Code())
	}
	for name, id := range map[string]ref.ID{"programme": c.ProgrammeID, "pot": c.PotID} {
		if id != 0 {
			values.Set(name, id.String())
		}
	}
	if c.Blind {
		values.Set("blind", "yes")
	}
	for i, r := range c.Rounds {
		at := row("rounds", i)
		values.Set(at+"opens", db.DateOf(r.Opens.In(v.zone)).String())
		values.Set(at+"opens_hour", v.Clock(r.Opens.In(v.zone)))
		values.Set(at+"closes", db.DateOf(r.Closes.In(v.zone)).String())
		values.Set(at+"closes_hour", v.Clock(r.Closes.In(v.zone)))
		values.Set(at+"sum", tenge(r.Sum))
		values.Set(at+"year", strconv.Itoa(r.Year))
	}
	v.putLists(values)
	return values
}

func (v callView) putLists(values url.Values) {
	for i, r := range v.Call.Eligibility {
		at := row("eligibility", i)
		values.Set(at+"code", r.Code)
		values.Set(at+"rule", r.Rule)
		ui.PutTexts(values, at+"text", r.Text)
	}
	for i, c := range v.Call.Criteria {
		at := row("criteria", i)
		values.Set(at+"code", c.Code)
		values.Set(at+"weight", numberTyped(c.Weight))
		values.Set(at+"max", numberTyped(c.Max))
		ui.PutTexts(values, at+"name", c.Name)
		ui.PutTexts(values, at+"about", c.About)
		ui.PutTexts(values, at+"scale", scaleText(c.Scale))
	}
	for i, n := range v.Call.BudgetNorms {
		at := row("norms", i)
		values.Set(at+"category", n.Category)
		values.Set(at+"max_share", numberTyped(n.MaxShare))
		values.Set(at+"max_price", sumTyped(n.MaxPrice))
		ui.PutTexts(values, at+"unit", n.Unit)
		ui.PutTexts(values, at+"reason", n.Reason)
	}
	for i, p := range v.Call.Papers {
		at := row("papers", i)
		ui.PutTexts(values, at+"name", p.Name)
		if p.Required {
			values.Set(at+"required", "yes")
		}
	}
}

// numberTyped writes a number as it is typed, nothing for 0.
func numberTyped(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func sumTyped(tiyn int64) string {
	if tiyn == 0 {
		return ""
	}
	return tenge(tiyn)
}

// keptCall is readCall for those who run the call.
func (h *Pages) keptCall(r *http.Request) (callView, error) {
	v, err := h.readCall(r)
	if err == nil && !v.MayKeep {
		err = problem.New(problem.Forbidden, "funding.only_funder_side")
	}
	return v, err
}

func (h *Pages) editCallForm(w http.ResponseWriter, r *http.Request) error {
	v, err := h.keptCall(r)
	if err != nil {
		return err
	}
	return h.showEditCall(w, r, v, v.values(), nil)
}

func (h *Pages) showEditCall(w http.ResponseWriter, r *http.Request, v callView, values url.Values, err error) error {
	title := "funding.call.edit"
	if v.Call.Published() {
		title = "funding.call.revise"
	}
	return h.showCallForm(w, r, title, values, v.values(), err, callForm{call: v.Call.Ref().Path, published: v.Call.Published(), files: v.Call.Files, funder: v.Call.FunderID, asks: v.Call.Terms})
}

// editCall changes a draft, or revises a published call.
func (h *Pages) editCall(w http.ResponseWriter, r *http.Request) error {
	v, err := h.keptCall(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	if h.reshapedCall(f.Values) {
		return h.showEditCall(w, r, v, f.Values, nil)
	}
	t := h.readTerms(f, v.zone)
	dropped := f.List("drop_file")
	t.Files = slices.DeleteFunc(slices.Clone(v.Call.Files), func(x funding.CallFile) bool { return slices.Contains(dropped, x.FileID.String()) })
	notice := "funding.notice.saved"
	if err = f.Err(); err == nil && v.Call.Published() {
		notice = "funding.notice.revised"
		_, err = h.Funding.ReviseCall(r.Context(), web.Actor(r), v.Call.ID, f.Version(), funding.Change{Terms: t, Reason: f.Texts("reason").Trim(), LateReason: f.Texts("late_reason").Trim()})
	} else if err == nil {
		_, err = h.Funding.EditCall(r.Context(), web.Actor(r), v.Call.ID, f.Version(), t)
	}
	if err != nil {
		return h.showEditCall(w, r, v, f.Values, err)
	}
	return web.SeeOther(w, r, v.Call.Ref().Path, notice)
}

// publishCall brings a draft out; what is missing stands in its form.
func (h *Pages) publishCall(w http.ResponseWriter, r *http.Request) error {
	v, err := h.keptCall(r)
	if err != nil {
		return err
	}
	if _, err := h.Funding.PublishCall(r.Context(), web.Actor(r), v.Call.ID, web.ReadForm(r).Version()); problem.Is(err, problem.Invalid) {
		return h.showEditCall(w, r, v, v.values(), err)
	} else if err != nil {
		return err
	}
	return web.SeeOther(w, r, v.Call.Ref().Path, "funding.notice.published")
}

func (h *Pages) cancelCallForm(w http.ResponseWriter, r *http.Request) error {
	v, err := h.keptCall(r)
	if err != nil {
		return err
	}
	return h.showCancelCall(w, r, v, v.values(), nil)
}

func (h *Pages) showCancelCall(w http.ResponseWriter, r *http.Request, v callView, values url.Values, err error) error {
	return ui.ShowForm(w, r, "funding.call.cancel", values, err, func(t ui.FormPage) templ.Component { return cancelCallFields(form{t, h}, v) })
}

func (h *Pages) cancelCall(w http.ResponseWriter, r *http.Request) error {
	v, err := h.keptCall(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	if err = f.Err(); err == nil {
		_, err = h.Funding.CancelCall(r.Context(), web.Actor(r), v.Call.ID, f.Version(), f.Texts("reason"))
	}
	if err != nil {
		return h.showCancelCall(w, r, v, f.Values, err)
	}
	return web.SeeOther(w, r, v.Call.Ref().Path, "funding.notice.cancelled")
}

func (h *Pages) callFileForm(w http.ResponseWriter, r *http.Request) error {
	v, err := h.keptCall(r)
	if err != nil {
		return err
	}
	return h.showCallFile(w, r, v, url.Values{"version": {strconv.FormatInt(v.Call.Version, 10)}}, nil)
}

func (h *Pages) showCallFile(w http.ResponseWriter, r *http.Request, v callView, values url.Values, err error) error {
	return ui.ShowForm(w, r, "funding.call.add_file", values, err, func(t ui.FormPage) templ.Component { return callFileFields(form{t, h}, v) })
}

func (h *Pages) addCallFile(w http.ResponseWriter, r *http.Request) error {
	v, err := h.keptCall(r)
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	file, header, ok := f.File("file")
	f.Reject(!ok, "file", "form.required")
	if err = f.Err(); err == nil {
		defer file.Close()
		err = h.keepCallFile(r, v, f, header.Filename, file)
	}
	if err != nil {
		return h.showCallFile(w, r, v, f.Values, err)
	}
	return web.SeeOther(w, r, v.Call.Ref().Path+"#files", "funding.notice.saved")
}

func (h *Pages) keepCallFile(r *http.Request, v callView, f *web.Form, name string, body io.Reader) error {
	checked, err := h.Funding.CheckCallFile(r.Context(), web.Actor(r), v.Call.ID, name, body)
	if p := problem.As(err); p != nil && p.Kind == problem.Invalid && len(p.Fields) == 0 {
		return problem.Fields{"file": {Key: p.Key, Args: p.Args}}.Err()
	}
	if err != nil {
		return err
	}
	_, err = h.Funding.AddCallFile(r.Context(), web.Actor(r), v.Call.ID, f.Version(), checked, f.Texts("title"),
		funding.Change{Reason: f.Texts("reason").Trim(), LateReason: f.Texts("late_reason").Trim()})
	return err
}
