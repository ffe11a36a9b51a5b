package forumsweb

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"birge/internal/forums"
	"birge/internal/panels"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

// HallRoutes are the doors into the hall of a forum: all that a laptop without a
// network has.
func HallRoutes(h *Pages) []web.Route {
	return []web.Route{
		web.Public("GET /forums/{id}/hall", h.hallDoor).Unkept(),
		web.Public("POST /forums/{id}/hall", h.enterHall).PerMinute(600), // a whole hall may come from one address
		web.Public("GET /hall/{token}", h.hall).Unkept(),
		web.Public("POST /hall/{token}", h.actInHall),
		web.PublicRaw("GET /hall/{token}/turn", h.hallTurn).Unkept(),
		web.Public("GET /hall/{token}/votes/{vote}", h.rollInHall).Unkept(),
		web.Public("GET /forums/{id}/votes/{vote}", h.roll),
	}
}

// doorView is the page at which somebody enters the hall by a code, and which tells
// how the votes ended.
type doorView struct {
	ui.FormPage
	forums.Ended
	laptop, secure bool
	mayKeep        bool
}

func (h *Pages) hallDoor(w http.ResponseWriter, r *http.Request) error {
	return h.showDoor(w, r, url.Values{}, nil)
}

func (h *Pages) showDoor(w http.ResponseWriter, r *http.Request, values url.Values, err error) error {
	id, missing := web.ID(r, "id")
	if missing != nil {
		return missing
	}
	d := doorView{FormPage: ui.FormPage{Page: ui.PageOf(r, web.Words(r).T("forums.hall")), Values: values}, laptop: h.Forums.Laptop, secure: web.Secure(r)}
	if d.Ended, missing = h.Forums.EndedVotes(r.Context(), web.Actor(r), id); missing != nil {
		return missing
	}
	d.mayKeep = h.Forums.MayKeep(web.Actor(r), d.Forum)
	d.Page.Sample = d.Page.Sample || d.Forum.Sample
	if !d.laptop {
		d.Crumbs = []ui.Crumb{{Title: d.T("forums.title"), Path: "/forums"}, {Title: d.Text(d.Forum.Title), Path: d.Forum.Ref().Path}}
	}
	status := http.StatusOK
	if err != nil {
		bad, refused := web.Refused(err)
		if !refused {
			return err
		}
		status, d.Faults = web.Status(err), bad.Fields
		if len(bad.Fields) == 0 {
			d.Refused = d.T(bad.Key, bad.Args...)
		}
	}
	return web.Render(w, r, status, hallDoorPage(d))
}

func (h *Pages) enterHall(w http.ResponseWriter, r *http.Request) error {
	id, err := web.ID(r, "id")
	if err != nil {
		return err
	}
	f := web.ReadForm(r)
	token, err := h.Forums.EnterByCode(r.Context(), id, f.Line("code"))
	if err != nil {
		return h.showDoor(w, r, f.Values, err)
	}
	return web.SeeOther(w, r, "/hall/"+token, "")
}

// enterByPass lets somebody in by the link of the registration.
func (h *Pages) enterByPass(w http.ResponseWriter, r *http.Request) error {
	token, err := h.Forums.EnterByPass(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, "/hall/"+token, "")
}

// hallView is the hall as whoever has the link sees it.
type hallView struct {
	ui.FormPage
	forums.Hall
	token, turn    string
	origin         string
	laptop, secure bool
}

func (h *Pages) readHall(r *http.Request) (v hallView, err error) {
	f := web.ReadForm(r)
	session := f.ID("session")
	v = hallView{FormPage: ui.FormPage{Page: ui.PageOf(r, web.Words(r).T("forums.hall"))}, token: r.PathValue("token"), laptop: h.Forums.Laptop, secure: web.Secure(r), origin: web.Base(r)}
	if v.turn, err = h.Forums.HallTurn(r.Context(), v.token, session); err != nil { // before the rest, so that nothing is missed
		return v, err
	}
	if v.Hall, err = h.Forums.Hall(r.Context(), v.token, session); err != nil {
		return v, err
	}
	v.Title, v.NoIndex = v.Text(v.Session.Title), true
	v.Base = "" // the secret address is nobody's canonical one
	v.Page.Sample = v.Page.Sample || v.Forum.Sample
	return v, nil
}

func (h *Pages) hall(w http.ResponseWriter, r *http.Request) error {
	v, err := h.readHall(r)
	if err != nil {
		return err
	}
	v.Values = url.Values{}
	return v.show(w, r, http.StatusOK)
}

func (v hallView) show(w http.ResponseWriter, r *http.Request, status int) error {
	w.Header().Set("Cache-Control", "no-store")
	switch v.Link.Does {
	case forums.Leads:
		return web.Render(w, r, status, leadPage(v))
	case forums.Shows:
		if r.URL.Query().Has("again") { // a screen without a script asks for it
			w.Header().Set("Refresh", "5")
		}
		return web.Render(w, r, status, screenPage(v))
	}
	return web.Render(w, r, status, phonePage(v))
}

// hallTurn answers thousands of phones, so it says one short word.
func (h *Pages) hallTurn(w http.ResponseWriter, r *http.Request) error {
	session, _ := ref.ParseID(r.URL.Query().Get("session"))
	word, err := h.Forums.HallTurn(r.Context(), r.PathValue("token"), session)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, err = w.Write([]byte(word))
	return err
}

// actInHall does what a button of the hall says, and shows the page again where that
// is refused, with what was typed.
func (h *Pages) actInHall(w http.ResponseWriter, r *http.Request) error {
	f := web.ReadForm(r)
	a := act{Pages: h, r: r, f: f, token: r.PathValue("token"), session: f.ID("session"), id: f.ID("id")}
	does, err := h.Forums.LinkIsFor(r.Context(), a.token)
	if err != nil {
		return err
	}
	notice, err := a.do(does)
	if err == nil {
		err = f.Err()
	}
	if err == nil {
		path := "/hall/" + a.token
		if does == forums.Attends && a.session != 0 {
			path += "?session=" + a.session.String()
		}
		return web.SeeOther(w, r, path, notice)
	}
	bad, refused := web.Refused(err)
	if !refused {
		return err
	}
	v, err := h.readHall(r)
	if err != nil {
		return err
	}
	v.Values = f.Values
	v.Faults = bad.Fields
	if len(bad.Fields) == 0 {
		v.Refused = v.T(bad.Key, bad.Args...)
	}
	return v.show(w, r, web.Status(bad))
}

// act is one thing done in the hall.
type act struct {
	*Pages
	r           *http.Request
	f           *web.Form
	token       string
	session, id ref.ID
}

// do does it and gives the key of what to say.
func (a act) do(does forums.Does) (notice string, err error) {
	switch what := a.f.Line("do"); does {
	case forums.Attends:
		return a.attend(what)
	case forums.Leads:
		return "", a.lead(what)
	}
	return "", problem.New(problem.NotFound, "problem.not_found")
}

func (a act) attend(what string) (notice string, err error) {
	ctx, by := a.r.Context(), web.Actor(a.r)
	switch what {
	case "word":
		return "forums.notice.in_queue", a.Forums.AskWord(ctx, by, a.token, a.session)
	case "back":
		return "forums.notice.saved", a.Forums.TakeWordBack(ctx, by, a.token, a.session)
	case "ask":
		return "forums.notice.asked", a.Forums.Ask(ctx, by, a.token, a.session, a.f.Text("text"), web.Lang(a.r), a.f.Bool("named"))
	case "support":
		return "", a.Forums.SupportQuestion(ctx, by, a.token, a.id)
	case "cast":
		choice, err := strconv.ParseInt(a.f.Line("choice"), 10, 64)
		if err != nil {
			choice = -1
		}
		return "forums.notice.cast", a.Forums.Cast(ctx, by, a.token, a.id, choice, web.Secure(a.r))
	case "pass":
		return "forums.notice.passed", a.Forums.PassMandate(ctx, by, a.token, a.id, a.f.Line("code"))
	}
	return "", problem.New(problem.Invalid, "form.unknown_choice")
}

func (a act) lead(what string) (err error) {
	ctx, by := a.r.Context(), web.Actor(a.r)
	switch what {
	case "call":
		return a.Forums.CallWord(ctx, by, a.token, a.id)
	case "end":
		return a.Forums.EndWord(ctx, by, a.token, a.id, forums.Spoken)
	case "skip":
		return a.Forums.EndWord(ctx, by, a.token, a.id, forums.Skipped)
	case "show":
		return a.Forums.TurnQuestion(ctx, by, a.token, a.id, forums.Shown)
	case "answered":
		return a.Forums.TurnQuestion(ctx, by, a.token, a.id, forums.Answered)
	case "dismiss":
		return a.Forums.TurnQuestion(ctx, by, a.token, a.id, forums.Dismissed)
	case "merge":
		return a.Forums.MergeQuestion(ctx, by, a.token, a.id, a.f.ID("into"))
	case "screen_question":
		return a.Forums.Screen(ctx, by, a.token, a.id, 0)
	case "screen_vote":
		return a.Forums.Screen(ctx, by, a.token, 0, a.id)
	case "vote":
		return a.openVote()
	case "close":
		_, err := a.Forums.CloseVote(ctx, by, a.token, a.id)
		return err
	case "set":
		return a.Forums.SetHall(ctx, by, a.token, forums.Setting{Seconds: a.f.Int("seconds"), QueueShut: a.f.Bool("queue_shut"), AskingShut: a.f.Bool("asking_shut")})
	case "free":
		return a.Forums.FreeCode(ctx, a.token, a.f.Line("code"))
	}
	return problem.New(problem.Invalid, "form.unknown_choice")
}

// openVote reads a vote: a choice on each line, in the reader's language.
func (a act) openVote() error {
	n := forums.NewVote{Manner: forums.Manner(a.f.Line("manner")), Subject: a.f.Texts("subject")}
	for line := range strings.SplitSeq(a.f.Text("choices"), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			n.Choices = append(n.Choices, i18n.Only(web.Lang(a.r), line))
		}
	}
	_, err := a.Forums.OpenVote(a.r.Context(), web.Actor(a.r), a.token, n, web.Secure(a.r))
	return err
}

func (v hallView) path() string { return "/hall/" + v.token }

// turnPath is where the script asks whether something has changed.
func (v hallView) turnPath() string {
	return "/hall/" + v.token + "/turn?session=" + v.Session.ID.String()
}

func (v hallView) sessionPath(id ref.ID) string { return v.path() + "?session=" + id.String() }

// hidden are the fields of a button.
func (v hallView) hidden(do string, id ref.ID) []ui.Pair {
	out := []ui.Pair{{Name: "do", Value: do}, {Name: "session", Value: v.Session.ID.String()}}
	if id != 0 {
		out = append(out, ui.Pair{Name: "id", Value: id.String()})
	}
	return out
}

// choice is how a choice of a vote is called.
func choice(p ui.Page, v forums.Vote, i int) string {
	if len(v.Choices) == 0 {
		return p.T("panels.choice." + string(panels.Choices[i]))
	}
	return p.Text(v.Choices[i])
}

// choices are those of a vote as a question of a form.
func (v hallView) choices(x forums.Voting) ui.Field {
	f := v.Need("choice", "forums.your_choice")
	for i := range x.Options() {
		f.Choices = append(f.Choices, ui.Choice{Value: strconv.Itoa(i), Label: choice(v.Page, x.Vote, i)})
	}
	return f
}

// running is the vote that takes ballots; ok is false for none.
func (v hallView) running() (x forums.Voting, ok bool) {
	for _, x := range v.Votes {
		if x.Running() {
			return x, true
		}
	}
	return x, false
}

// speaking tells that the reader has the word.
func (v hallView) speaking() bool { return v.Speaker.ID != 0 && v.Speaker.Who == v.Me.ID }

// left is how long the speaker has, in seconds.
func (v hallView) left() string {
	return strconv.Itoa(int(v.Speaker.Left(v.Hall.Now.Time) / time.Second))
}

// clock is a time that is left as it is read.
func (v hallView) clock() string {
	n := int(v.Speaker.Left(v.Hall.Now.Time) / time.Second)
	sign := ""
	if n < 0 {
		sign, n = "−", -n
	}
	return sign + strconv.Itoa(n/60) + ":" + twoFigures(n%60)
}

func twoFigures(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// who is a speaker with the organization.
func (v hallView) who(x forums.Voice) string {
	if x.Name == "" {
		return v.T("forums.somebody")
	}
	return joined(x.Name, x.From)
}

// author is who asks, as the hall may know.
func (v hallView) author(q forums.Asking) string {
	switch {
	case q.Mine:
		return v.T("forums.mine")
	case q.Name == "":
		return v.T("forums.somebody")
	}
	return q.Name
}

// mergeable are the questions into which one can be merged.
func (v hallView) mergeable(q forums.Asking) ui.Field {
	f := ui.Field{Name: "into", Form: "m" + q.ID.String(), Label: v.T("forums.merge_into"), Choices: []ui.Choice{{Label: "—"}}, Required: true}
	for _, x := range v.Questions {
		if x.ID != q.ID {
			f.Choices = append(f.Choices, ui.Choice{Value: x.ID.String(), Label: short(x.Text)})
		}
	}
	return f
}

// short is the beginning of a text.
func short(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// whyOpenOnly says why there is no secret vote, "" where there can be one.
func (v hallView) whyOpenOnly() string {
	const fewest = 10
	switch {
	case !v.secure:
		return v.T("forums.secret_needs_https")
	case v.InHall < fewest:
		return v.T("forums.secret_needs_ten", "least", fewest, "now", v.InHall)
	}
	return ""
}

// manners are how a vote can be taken now.
func (v hallView) manners() ui.Field {
	var list []ui.Choice
	for _, m := range forums.Manners {
		if m != forums.Secretly || v.whyOpenOnly() == "" {
			list = append(list, ui.Choice{Value: string(m), Label: v.T(m.Key())})
		}
	}
	f := v.Choose("manner", "forums.f.manner", list)
	if v.Values.Get("manner") == "" {
		f.Choices[0].Selected = true
	}
	f.Required = true
	return f
}

// ended tells of a vote that was counted in a few words.
func ended(p ui.Page, v forums.Vote) string {
	if v.Result.TooFew {
		return p.T("forums.too_few", "least", 10)
	}
	out := p.T("forums.counted", "marks", p.Int(v.Result.Marks), "ballots", p.Int(v.Result.Ballots), "entitled", p.Int(v.Entitled))
	if v.Result.Outcome != "" && v.Result.Outcome != panels.NoQuorum {
		out = joined(p.T("forums.outcome."+string(v.Result.Outcome)), out)
	}
	return out
}

// most is the largest count of a vote, at least one.
func most(v forums.Vote) (n int64) {
	n = 1
	for _, c := range v.Result.Counts {
		n = max(n, c)
	}
	return n
}
