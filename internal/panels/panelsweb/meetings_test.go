package panelsweb_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"birge/internal/birgetest"
	"birge/internal/panels"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// commission is set up by the officer: the speaker presides, one is the deputy, two
// the secretary and three a member.
type commission struct {
	*town
	path    string
	members map[string]string // e-mail to the id of the member
	people  map[string]*birgetest.Reader
}

var memberLink = regexp.MustCompile(`/members/([0-9a-z]{13})`)

func (w *town) commission(pairs ...string) *commission {
	w.t.Helper()
	form := append([]string{"owner", w.funder.BIN, "kind", "commission", "name.kk", "Гранттар комиссиясы", "name.ru", "Комиссия по грантам", "place", "150000000",
		"quorum_from", "all", "majority", "present", "chair_decides", "yes"}, pairs...)
	w.post(w.officer, "/ru/bodies/new", 303, form...)
	c := &commission{town: w, members: map[string]string{}, people: map[string]*birgetest.Reader{"speaker": w.speaker, "one": w.one, "two": w.two, "three": w.three}}
	w.Must(w.DB.View(w.t.Context(), func(tx *db.Tx) error {
		list, err := w.Panels.BodiesIn(w.t.Context(), tx, w.funder.ID)
		if err == nil {
			c.path = list[0].Ref().Path
		}
		return err
	}))
	seen := map[string]bool{}
	for _, x := range []struct{ name, duty string }{{"speaker", "chair"}, {"one", "deputy"}, {"two", "secretary"}, {"three", "member"}} {
		w.post(w.officer, "/ru"+c.path+"/members/new", 303, "email", x.name+"@example.kz", "duty", x.duty, "since", w.Panels.Today().String())
		for _, m := range memberLink.FindAllStringSubmatch(w.read(w.officer, "/ru"+c.path, 200), -1) {
			if !seen[m[1]] {
				seen[m[1]], c.members[x.name] = true, m[1]
			}
		}
	}
	return c
}

// planned is a meeting with two questions, for the secretary and the officer alone.
func (c *commission) planned() (path string, items []panels.Item) {
	c.t.Helper()
	day := c.Panels.Today().AddDays(1).String()
	c.post(c.people["two"], "/ru"+c.path+"/meetings/new", 303, "day", day, "hour", "15:30", "where.ru", "Акимат", "link", "https://meet.example.kz/secret")
	id := regexp.MustCompile(`/meetings/([0-9a-z]{13})`).FindStringSubmatch(c.read(c.officer, "/ru"+c.path, 200))[1]
	path = "/meetings/" + id
	for _, title := range []string{"Список победителей", "План работы"} {
		c.post(c.officer, "/ru"+path+"/items", 303, "title.kk", title+" (қаз)", "title.ru", title, "proposal.kk", "Бекітілсін", "proposal.ru", "Утвердить")
	}
	meeting, _ := ref.ParseID(id)
	v, err := c.Panels.Meeting(c.t.Context(), portal, meeting)
	c.Must(err)
	return path, v.Items
}

func TestACommissionMeetsOnPages(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		c := w.commission()
		secretary, chair, member := w.two, w.speaker, w.three
		path, items := c.planned()
		for name, r := range map[string]*birgetest.Reader{"stranger": w.Stranger(), "citizen": w.citizen, "officer of elsewhere": w.faraway} {
			if a := r.Get("/ru" + path); a.Status != 404 {
				t.Errorf("a %s finds a meeting that is only planned: %d", name, a.Status)
			}
		}
		w.lacks(w.read(w.officer, "/calendar"+c.path, 200), "BEGIN:VEVENT")
		w.post(member, "/ru"+path, 403, "do", "invite")
		w.Says(w.post(w.officer, "/ru"+path, 422, "do", "invite"), "Напишите, почему она выходит позже")
		w.post(w.officer, "/ru"+path, 303, "do", "invite", "hurry", "Заявители ждут ответа")
		w.Says(w.read(w.Stranger(), "/ru"+path, 200), "Заявители ждут ответа")
		shown := w.read(w.Stranger(), "/ru"+path, 200)
		w.Says(shown, "Список победителей", "Утвердить", "15:30", "Акимат")
		w.lacks(shown, "meet.example.kz")
		calendar := w.read(w.Stranger(), "/calendar"+c.path, 200)
		w.Says(calendar, "BEGIN:VEVENT", "T103000Z", path)
		w.lacks(calendar, "meet.example.kz")
		w.Says(w.read(w.Stranger(), "/ru/organizations/"+w.funder.ID.String(), 200), c.path)
		for lang, kind := range map[string]string{"kk": "Комиссия", "ru": "Комиссия", "en": "Commission"} {
			w.Await(func() bool {
				page := w.read(w.Stranger(), "/"+lang+"/search?kind=body&q="+url.QueryEscape("гранттар комиссиясы"), 200)
				return strings.Contains(page, c.path) && strings.Contains(page, kind+" ·")
			})
		}
		w.Says(w.read(member, "/kk"+path, 200), "meet.example.kz", "Список победителей (қаз)")

		room := "/ru" + path + "/room"
		w.read(w.citizen, room, 403)
		w.post(w.officer, room, 403, "do", "begin")
		w.Says(w.post(secretary, room, 409, "do", "begin", "here", c.members["speaker"]), "Нет кворума")
		w.post(secretary, room, 303, "do", "begin", "here", c.members["speaker"], "here", c.members["one"], "remote", c.members["three"])
		first, second := room+"/"+items[0].ID.String(), room+"/"+items[1].ID.String()
		w.post(member, first, 403, "do", "take_up")
		w.post(secretary, first, 303, "do", "take_up")
		w.Says(w.read(member, room, 200), "За", "Против", "Воздержусь")
		w.Says(w.read(member, "/ru/desk", 200), "Проголосовать")
		w.post(member, first, 303, "do", "vote", "member", c.members["three"], "choice", "against")
		w.Says(w.read(member, room, 200), "Ваш голос: Против")
		w.lacks(w.read(chair, room, 200), "Ваш голос:")
		w.post(member, first, 403, "do", "vote", "member", c.members["one"], "choice", "for")
		w.post(w.citizen, first, 403, "do", "vote", "member", c.members["three"], "choice", "for")
		w.post(chair, first, 303, "do", "vote", "member", c.members["speaker"], "choice", "for")
		w.post(secretary, first, 303, "do", "vote", "member", c.members["one"], "choice", "for")
		w.post(secretary, first, 303, "do", "close")
		w.post(member, first, 409, "do", "vote", "member", c.members["three"], "choice", "for")
		w.Says(w.read(w.Stranger(), "/ru"+path, 200), "Решение принято", "За: 2, против: 1, воздержались: 0.")

		w.post(w.one, second, 303, "do", "recuse", "why", "Моя сестра")
		w.Says(w.post(secretary, second, 422, "do", "motion", "motion.kk", "Басқа", "motion.ru", "Иначе"), "отличается")
		w.post(secretary, second, 303, "do", "motion", "motion.kk", "Басқа", "motion.ru", "Иначе", "departure.ru", "Так решили в ходе обсуждения")
		w.post(w.one, second, 403, "do", "vote", "member", c.members["one"], "choice", "for")
		w.post(chair, second, 303, "do", "vote", "member", c.members["speaker"], "choice", "for")
		w.post(secretary, second, 303, "do", "close")
		w.post(secretary, room, 303, "do", "end")

		paper := "/ru" + path + "/minutes"
		w.read(w.Stranger(), paper, 404)
		w.read(w.citizen, paper, 404)
		w.lacks(w.read(member, paper, 200), "Моя сестра")
		w.Says(w.read(secretary, "/ru/desk", 200), "Подготовить и подписать протокол")
		version := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(w.read(secretary, paper, 200))[1]
		w.post(secretary, paper, 303, "version", version, "heard."+items[0].ID.String()+".ru", "Доложила секретарь.")
		w.post(chair, paper, 409, "do", "sign")
		w.post(secretary, paper, 303, "do", "sign")
		w.post(chair, paper, 303, "do", "send_back", "why", "Нет даты")
		w.Says(w.read(secretary, paper, 200), "Нет даты")
		w.post(secretary, paper, 303, "do", "sign")
		w.Says(w.read(chair, "/ru/desk", 200), "Подписать протокол")
		w.post(chair, paper, 303, "do", "sign")

		public := w.read(w.Stranger(), paper, 200)
		w.Says(public, "Решили: Утвердить", "Шешім қабылданды: Бекітілсін", "Доложила секретарь.", "Против: № 4", "самоотвод и не участвовали: № 2",
			"решил голос председательствующего", "Решили: Иначе", "Член № 1", "подписано", "удаленно", "Предлагалось: «Утвердить»")
		w.lacks(public, "Моя сестра", "Нет даты", "Сынақ", "meet.example.kz")
		if !strings.Contains(w.read(member, paper, 200), "Против: Сынақ") {
			t.Error("members know each other by name")
		}
		w.Says(w.read(w.Stranger(), "/kk"+c.path, 200), "№ 1 отырыс", "хаттамаға қол қойылды")
	})
}

func TestFormsOfBodiesSayWhatIsWrong(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		c := w.commission()
		w.Says(w.post(w.officer, "/ru/bodies/new", 422, "owner", w.funder.BIN, "kind", "king", "name.ru", "Жюри", "quorum", "120"), "Напишите на казахском и на русском", "от 0 до 100")
		w.post(w.faraway, "/ru/bodies/new", 403, "owner", w.funder.BIN, "kind", "jury", "name.kk", "Алқа", "name.ru", "Жюри", "quorum_from", "all", "majority", "votes", "place", "150000000")
		w.Says(w.post(w.officer, "/ru"+c.path+"/members/new", 422, "email", "nobody@example.kz", "duty", "chair", "since", "2026-03-02"), "Учетной записи", "исполняет другой член")
		for name, r := range map[string]*birgetest.Reader{"member": w.three, "citizen": w.citizen, "elsewhere": w.faraway, "applicant": w.applicant} {
			for _, page := range []string{"/edit", "/members/new", "/members/" + c.members["three"]} {
				if a := r.Get("/ru" + c.path + page); a.Status != 403 {
					t.Errorf("%s at %s: %d", name, page, a.Status)
				}
			}
		}
		w.read(w.three, "/ru"+c.path+"/meetings/new", 403)
		w.Says(w.post(w.two, "/ru"+c.path+"/meetings/new", 422, "day", "2026-03-01", "hour", "25:00"), "в виде 15:00")
		w.Says(w.post(w.two, "/ru"+c.path+"/meetings/new", 422, "day", "2026-03-01", "hour", "12:00", "link", "ftp://x"), "время в будущем", "https://")
		edit := w.read(w.officer, "/ru"+c.path+"/members/"+c.members["three"], 200)
		version := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(edit)[1]
		w.post(w.officer, "/ru"+c.path+"/members/"+c.members["three"], 303, "version", version, "duty", "member", "since", w.Panels.Today().String(), "until", w.Panels.Today().String(), "post.ru", "Юрист")
		w.post(w.officer, "/ru"+c.path+"/members/"+c.members["three"], 409, "version", version, "duty", "member", "since", w.Panels.Today().String())
		w.lacks(w.read(w.Stranger(), "/ru"+c.path, 200), "Юрист", "Сынақ")
		w.Says(w.read(w.officer, "/ru"+c.path, 200), "Юрист", "Сынақ")
		w.Says(w.read(w.Stranger(), "/ru/bodies?owner="+w.funder.BIN, 200), "Комиссия по грантам")
	})
}
