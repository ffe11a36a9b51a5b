package fundingweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"birge/internal/birgetest"
	"birge/internal/funding"
	"birge/internal/platform/access"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// approvedTopic has a citizen propose a topic that the body accepts and approves, and
// gives its address.
func (w *region) approvedTopic(window string) string {
	w.t.Helper()
	topic := w.Went(w.citizen.Post("/ru/topics/new?window="+window, needForm()))
	w.Went(w.officer.Post("/ru"+topic+"/review", url.Values{"version": {"1"}, "state": {"accepted"}, "reason.ru": {"Нужно в трех селах"}}))
	w.Went(w.officer.Post("/ru/topics/approve?window="+window, url.Values{"sum." + id(topic): {"4 000 000"}}))
	return topic
}

// id is the last part of an address.
func id(path string) string { return path[strings.LastIndex(path, "/")+1:] }

func TestACallAnswersTopics(t *testing.T) {
	each(t, func(t *testing.T, w *region) {
		window := w.openWindow()
		topic := w.approvedTopic(window)
		proposed := w.Went(w.lead.Post("/ru/topics/new?window="+window, needForm()))
		box := `name="topics" value="` + id(topic) + `"`

		form := w.callForm()
		form.Set("one_more", "of_funder")
		if page := w.Want(http.StatusOK, w.officer.Post("/ru/calls/new", form), box, "Кружки для подростков села"); strings.Contains(page, id(proposed)) {
			t.Error("a topic that is not approved is offered")
		}
		form.Del("one_more")
		form["topics"] = []string{id(proposed)}
		w.Want(http.StatusUnprocessableEntity, w.officer.Post("/ru/calls/new", form), "Выбрать можно только темы")
		form["topics"] = []string{id(topic)}
		call := w.Went(w.officer.Post("/ru/calls/new", form))
		w.Want(http.StatusOK, w.officer.Get("/ru"+call+"/edit"), box+" checked")
		if page := w.Want(http.StatusOK, w.stranger.Get("/ru"+topic)); strings.Contains(page, call) {
			t.Error("the page of the topic tells of a draft")
		}
		w.Went(w.officer.Post("/ru"+call+"/publish", nil))
		for _, l := range []string{"/kk", "/ru", "/en"} {
			w.Want(http.StatusOK, w.stranger.Get(l+call), topic)
			w.Want(http.StatusOK, w.stranger.Get(l+topic), call, `href="#calls"`)
		}

		form = w.callForm()
		form.Set("version", "2")
		form.Set("reason.ru", "Тема решена иначе")
		w.Went(w.officer.Post("/ru"+call+"/edit", form))
		w.Want(http.StatusOK, w.stranger.Get("/ru"+call+"/revisions"), "Темы, на которые отвечает конкурс", "Кружки для подростков села")
		if page := w.Want(http.StatusOK, w.stranger.Get("/ru"+topic)); strings.Contains(page, call) {
			t.Error("the page of the topic tells of a call that answers it no longer")
		}
	})
}

func TestACallAsksByAForm(t *testing.T) {
	each(t, func(t *testing.T, w *region) {
		title := i18n.Text{KK: "Басқарма сұрақтары", RU: "Вопросы управления"}
		made, err := w.Funding.CreateForm(t.Context(), access.Portal("test"), funding.NewForm{OwnerID: w.body.ID, Title: title, Text: "# people\nru: Люди\n\nhow: paragraph, required\nru: Как найдете тех, кому помочь?\n"})
		w.Must(err)
		_, err = w.Funding.PublishForm(t.Context(), access.Portal("test"), made.ID, 1, title)
		w.Must(err)
		built := made.Ref().Path
		option := `value="` + id(built) + `.1"`

		form := w.callForm()
		form.Set("one_more", "of_funder")
		w.Want(http.StatusOK, w.officer.Post("/ru/calls/new", form), option, "версия 1")
		form.Del("one_more")
		form.Set("form", id(built)+".7")
		w.Want(http.StatusUnprocessableEntity, w.officer.Post("/ru/calls/new", form))
		form.Set("form", id(built)+".1")
		call := w.Went(w.officer.Post("/ru/calls/new", form))
		w.Want(http.StatusOK, w.officer.Get("/ru"+call+"/edit"), option+" selected")
		w.Went(w.officer.Post("/ru"+call+"/publish", nil))
		w.Want(http.StatusOK, w.stranger.Get("/ru"+built), call)
		for name, by := range map[string]*birgetest.Reader{"lead": w.lead, "away": w.away} {
			if a := by.Post("/ru"+call+"/edit", form); a.Status != http.StatusForbidden {
				t.Errorf("%s changes the form of a call: %d", name, a.Status)
			}
		}
	})
}

func TestWritingToManyApplicants(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		s := setUp(t, w)
		path := s.draft()
		s.attach(path)
		application, _, _ := strings.Cut(s.sent(s.lead, path+"/submit", url.Values{}), "/receipt")
		list := "/ru/calls/" + s.call.ID.String() + "/applications"
		if page := s.page(s.officer, list+"?state=submitted"); !strings.Contains(page, list+"/message?state=submitted") {
			t.Error("the list does not offer to write to those it shows")
		}
		for _, r := range []*birgetest.Reader{s.rival, s.other} {
			s.answers(r, http.StatusNotFound, http.MethodGet, list+"/message", nil)
			s.answers(r, http.StatusNotFound, http.MethodPost, list+"/message", url.Values{"do": {"send"}, "key": {"x"}, "count": {"1"}})
		}
		for _, lang := range []string{"/kk", "/en"} {
			s.page(s.officer, lang+strings.TrimPrefix(list, "/ru")+"/message")
		}
		s.page(s.officer, list+"/message?state=refused")
		words := url.Values{"key": {"drawn"}, "count": {"1"}, "title.kk": {"Кеңес сағаты"}, "title.ru": {"Консультация"}, "text.kk": {"Сейсенбі күні күтеміз"}, "text.ru": {"Ждем во вторник\nв кабинете 4"}, "do": {"look"}}
		look := s.answers(s.officer, http.StatusOK, http.MethodPost, list+"/message?state=submitted", words).Body
		for _, want := range []string{"Ждем во вторник", "Сейсенбі күні күтеміз", "Отправить 1 организации", "Пишет: Управление"} {
			if !strings.Contains(look, want) {
				t.Errorf("the letter that is shown lacks %q", want)
			}
		}
		words.Set("do", "send")
		for range 2 {
			s.sent(s.officer, list+"/message?state=submitted", words)
		}
		w.Await(func() bool {
			return strings.Contains(s.page(s.officer, list), "отправлено писем организациям: 1")
		})
		if page := s.page(s.officer, list); strings.Count(page, "<h3><span") > 1 || strings.Count(page, "отправлено писем") != 1 {
			t.Error("two presses sent two messages")
		}
		for _, r := range []*birgetest.Reader{s.lead, s.staff} {
			if page := s.page(r, application); !strings.Contains(page, "Ждем во вторник") {
				t.Error("the page of the application does not tell the message")
			}
		}
		words.Set("key", "another")
		words.Set("count", "7")
		s.answers(s.officer, http.StatusConflict, http.MethodPost, list+"/message", words)
	})
}

// approvedTopic is a topic of the stage's funder, accepted and with money.
func (s *stage) approvedTopic(title string) funding.Topic {
	ctx, by, said := s.t.Context(), access.Portal("test"), i18n.Text{RU: title}
	today := s.Funding.Today()
	w, err := s.Funding.OpenWindow(ctx, by, funding.Window{BodyID: s.funder.ID, PlaceID: s.call.PlaceID, Kind: projects.StateSocialOrder, Year: today.Year() + 1, Opens: today, Closes: today.AddDays(40)})
	must(s.t, err)
	topic, err := s.Funding.ProposeTopic(ctx, access.Actor{UserID: 98}, funding.NewTopic{WindowID: w.ID, Need: funding.Need{Title: said, Problem: said, Evidence: said, Groups: []string{"youth"}, People: 120,
		PlaceID: s.call.PlaceID, Sphere: "youth", Result: said, Years: 2, Sum: 5_000_000_00,
		Indicators: []projects.Indicator{{Name: said, Measure: projects.Number, Adding: projects.Cumulative, Target: projects.NumberOf(120_000)}}}})
	must(s.t, err)
	_, err = s.Funding.ReviewTopic(ctx, by, topic.ID, topic.Version, funding.Review{State: funding.TopicAccepted, Reason: said})
	must(s.t, err)
	must(s.t, s.Funding.ApproveTopics(ctx, by, funding.Sums{topic.ID: 4_000_000_00}))
	return topic
}

// An application says which topic of the call it answers, and the page of the topic
// counts it once the round is over.
func TestAnApplicationAnswersATopic(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		s := setUp(t, w)
		topic, other := s.approvedTopic("Кружки для подростков"), s.approvedTopic("Помощь пожилым")
		terms := s.call.Terms
		terms.TopicIDs = []ref.ID{topic.ID}
		_, err := w.Funding.ReviseCall(t.Context(), access.Portal("test"), s.call.ID, s.call.Version, funding.Change{Terms: terms, Reason: topic.Title})
		must(t, err)
		path := s.draft()
		idea := path + "/idea"
		if page := s.page(s.lead, idea); !strings.Contains(page, topic.ID.String()) || strings.Contains(page, other.ID.String()) {
			t.Error("the step does not offer the topics of the call alone")
		}
		s.sent(s.lead, idea, url.Values{"was": {""}, "topic": {other.ID.String()}})
		if page := s.page(s.lead, path+"/submit"); !strings.Contains(page, "Конкурс не отвечает на эту тему") {
			t.Error("a topic of another call is taken")
		}
		s.sent(s.lead, idea, url.Values{"was": {"topic=" + funding.Mark([]string{other.ID.String()})}, "topic": {topic.ID.String()}})
		s.attach(path)
		application, _, _ := strings.Cut(s.sent(s.lead, path+"/submit", url.Values{}), "/receipt")
		for _, who := range []*birgetest.Reader{s.lead, s.officer} {
			if page := s.page(who, application); !strings.Contains(page, "/ru"+topic.Ref().Path) {
				t.Error("the application does not lead to its topic")
			}
		}
		if page := s.page(w.Stranger(), "/ru"+topic.Ref().Path); strings.Contains(page, "1 заявка на эту тему") {
			t.Error("strangers are told how many applied while the round is open")
		}
		w.Clock.Set(s.call.Closes().Add(time.Minute))
		for lang, want := range map[string]string{"/ru": "1 заявка на эту тему", "/kk": "осы тақырыпқа 1 өтінім", "/en": "1 application on this topic"} {
			w.Await(func() bool { return strings.Contains(s.page(w.Stranger(), lang+topic.Ref().Path), want) })
		}
		if page := s.page(w.Stranger(), "/ru"+other.Ref().Path); strings.Contains(page, "на эту тему") {
			t.Error("another topic counts it too")
		}
	})
}
