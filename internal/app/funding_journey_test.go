package app_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"birge/internal/accounts"
	"birge/internal/birgetest"
	"birge/internal/orgs"
	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// walk is a portal in a browser in which several people work one after the other.
type walk struct {
	*birgetest.World
	t       *testing.T
	b       *birgetest.Browser
	readers map[string]*birgetest.Reader
}

// walker is one of them: whatever they do, they do through pages.
type walker struct {
	*walk
	email string
	lang  i18n.Lang
	width int64
}

const walkersPassword = "ақ бота жусанда жатыр"

// somebody gives a person an account and roles.
func (w *walk) somebody(email string, lang i18n.Lang, held ...birgetest.Held) walker {
	w.t.Helper()
	by := access.Portal("test")
	p, err := w.Accounts.Enrol(w.t.Context(), by, accounts.NewPerson{Name: email, Email: email, Lang: lang, Password: walkersPassword, Proved: true})
	must(w.t, err)
	for _, h := range held {
		_, err := w.Accounts.GiveRole(w.t.Context(), by, p.ID, h.Role, h.For)
		must(w.t, err)
	}
	return walker{w, email, lang, 1280}
}

// organization enters an organization of a kind.
func (w *walk) organization(kind, bin string, place ref.ID, name i18n.Text) orgs.Organization {
	w.t.Helper()
	o, err := w.Orgs.Create(w.t.Context(), access.Portal("test"), orgs.Draft{Kind: kind, BIN: bin, Name: name, PlaceID: place, Founded: db.Day(2019, time.May, 20)})
	must(w.t, err)
	return o
}

// open shows a page to who is signed in; after many days one signs in anew.
func (p walker) open(path string) walker {
	p.t.Helper()
	r := p.readers[p.email]
	if r == nil || r.Get("/ru/desk").Status != http.StatusOK {
		r = p.Stranger()
		if a := r.Post("/"+string(p.lang)+"/sign-in", url.Values{"email": {p.email}, "password": {walkersPassword}}); a.Status != http.StatusSeeOther {
			p.t.Fatalf("%s cannot sign in: %d", p.email, a.Status)
		}
		p.readers[p.email] = r
	}
	p.b.Width(p.width)
	p.b.OpenAs(r, "/"+string(p.lang)+path)
	p.whole("opening " + path)
	return p
}

// press follows the link or sends the form whose words are these, as a reader finds
// it on the page.
func (p walker) press(words string) walker {
	p.t.Helper()
	p.target(words)
	p.b.Press("[data-press]")
	p.whole("pressing “" + words + "”")
	return p
}

// target marks what is to be pressed: the link or button whose words begin so, the
// shortest of them.
func (p walker) target(words string) {
	p.t.Helper()
	if birgetest.Eval[bool](p.b, `(() => {
		for (const d of document.querySelectorAll("main details")) d.open = true;
		const seen = e => e.offsetParent !== null || e.getClientRects().length > 0;
		const text = e => e.textContent.trim().replace(/\s+/g, " ");
		const hits = [...document.querySelectorAll("main a, main button, main summary")].filter(e => seen(e) && text(e).startsWith(`+strconv.Quote(words)+`));
		hits.sort((a, b) => text(a).length - text(b).length);
		if (!hits.length) return false;
		hits[0].dataset.press = "yes";
		return true;
	})()`) {
		return
	}
	p.t.Fatalf("%s finds no “%s” on\n%s", p.email, words, p.page())
}

// whole judges that a page was shown as it should be.
func (p walker) whole(after string) {
	p.t.Helper()
	if status := birgetest.Eval[int](p.b, `performance.getEntriesByType("navigation")[0].responseStatus`); status >= http.StatusBadRequest {
		p.t.Fatalf("%s after %s: %d\n%s", p.email, after, status, p.page())
	}
}

// page tells what can be read and done on a page, for a test that failed.
func (p walker) page() string {
	return birgetest.Eval[string](p.b, `location.pathname + location.search + "\n" + document.querySelector("main").innerText.replace(/\n+/g, "\n").slice(0, 2500) + "\n--- can be pressed: " +
		[...document.querySelectorAll("main a, main button")].map(e => e.textContent.trim().replace(/\s+/g, " ")).join(" | ").slice(0, 1500) + "\n--- can be filled: " +
		[...document.querySelectorAll("main input:not([type=hidden]), main select, main textarea")].map(e => e.name + (e.type == "radio" || e.type == "checkbox" ? "=" + e.value : "")).join(" ").slice(0, 2500)`)
}

// fill gives fields their values, as a person does who types and chooses.
func (p walker) fill(values ...string) walker {
	p.t.Helper()
	for i := 0; i < len(values); i += 2 {
		name, value := strconv.Quote(values[i]), strconv.Quote(values[i+1])
		if !birgetest.Eval[bool](p.b, `(() => {
			for (const d of document.querySelectorAll("main details")) d.open = true;
			const wanted = new RegExp("^" + `+name+`.replaceAll(".", "\\.").replace("*", "[^.]+") + "$");
			const all = [...document.querySelectorAll("main [name]")].filter(e => wanted.test(e.name) && e.type != "hidden");
			const boxes = all.filter(e => e.type == "checkbox");
			if (`+value+` == "*") { boxes.forEach(e => { e.checked = true; }); return boxes.length > 0; }
			const box = all.find(e => (e.type == "radio" || e.type == "checkbox") && e.value == `+value+`);
			if (box) { box.checked = true; box.dispatchEvent(new Event("change", {bubbles: true})); return true; }
			const field = all.find(e => e.type != "radio" && e.type != "checkbox");
			if (!field) return false;
			field.value = `+value+`;
			if (field.value != `+value+`) return false;
			field.dispatchEvent(new Event("input", {bubbles: true}));
			field.dispatchEvent(new Event("change", {bubbles: true}));
			return true;
		})()`) {
			p.t.Fatalf("%s cannot give %s the value %s on\n%s", p.email, name, value, p.page())
		}
	}
	return p
}

// says chooses the words of the walker's language.
func (p walker) says(kk, ru string) string {
	if p.lang == i18n.KK {
		return kk
	}
	return ru
}

// both fills a text in Kazakh and in Russian.
func (p walker) both(name, kk, ru string) walker {
	p.t.Helper()
	return p.fill(name+".kk", kk, name+".ru", ru)
}

// attach puts a file into a field.
func (p walker) attach(name, file, body string) walker {
	p.t.Helper()
	if !birgetest.Eval[bool](p.b, `(() => {
		const field = [...document.querySelectorAll("main input[type=file]")].find(e => e.name == `+strconv.Quote(name)+`);
		if (!field) return false;
		const files = new DataTransfer();
		files.items.add(new File([`+strconv.Quote(body)+`], `+strconv.Quote(file)+`, {type: "text/plain"}));
		field.files = files.files;
		return true;
	})()`) {
		p.t.Fatalf("%s finds no field for files %s on\n%s", p.email, name, p.page())
	}
	return p
}

// reads fails when the page does not tell something.
func (p walker) reads(words ...string) walker {
	p.t.Helper()
	text := p.text()
	for _, w := range words {
		if !strings.Contains(text, w) {
			p.t.Fatalf("%s does not read “%s” on\n%s", p.email, w, p.page())
		}
	}
	return p
}

// text is what can be read on the page.
func (p walker) text() string {
	return birgetest.Eval[string](p.b, `document.querySelector("main").innerText.replace(/[\u00a0\s]+/g, " ")`)
}

// day is a day from today as the field of a form takes it.
func (w *walk) day(from int) string { return w.Funding.Today().AddDays(from).String() }

// at is the path of the page, without the language.
func (p walker) at() string {
	_, path, _ := strings.Cut(strings.TrimPrefix(birgetest.Eval[string](p.b, `location.pathname`), "/"), "/")
	return "/" + path
}

// A need that a citizen proposes becomes a running project: every step by pages, by
// eleven people, in Kazakh and in Russian.
func TestANeedBecomesARunningProject(t *testing.T) {
	b := birgetest.Browse(t)
	data := filepath.Join(t.TempDir(), "data")
	must(t, os.Mkdir(data, 0o700))
	w := &walk{World: birgetest.StartIn(t, data, ""), t: t, b: b, readers: map[string]*birgetest.Reader{}}
	region, _ := w.Places.Tree().ByKATO("150000000")
	body := w.organization("state_body", "150140000012", region.ID, i18n.Text{KK: "Ішкі саясат басқармасы", RU: "Управление внутренней политики", EN: "Department of Internal Policy"})
	ngo := w.organization("ngo", "230940123450", region.ID, i18n.Text{KK: "«Жасыл дала» қоры", RU: "ОФ «Жасыл дала»", EN: "Zhasyl dala Foundation"})
	council := w.organization("public_council", "100241000776", region.ID, i18n.Text{KK: "Облыстық қоғамдық кеңес", RU: "Общественный совет области", EN: "Public Council of the region"})
	held := func(role access.Role, at ref.Ref) birgetest.Held { return birgetest.Held{Role: role, For: at} }
	officer := w.somebody("officer@example.kz", i18n.RU, held(access.Officer, region.Ref()))
	citizen := w.somebody("citizen@example.kz", i18n.KK)
	lead := w.somebody("lead@example.kz", i18n.RU, held(access.Lead, ngo.Ref()))
	staff := w.somebody("staff@example.kz", i18n.KK, held(access.Staff, ngo.Ref()))
	adviser := w.somebody("council@example.kz", i18n.KK, held(access.Lead, council.Ref()))
	var experts []walker
	for i, lang := range []i18n.Lang{i18n.KK, i18n.RU, i18n.RU} {
		experts = append(experts, w.somebody("expert"+strconv.Itoa(i)+"@example.kz", lang, held(access.Expert, region.Ref())))
	}
	experts[0].width = 360
	chair, secretary, member := w.somebody("chair@example.kz", i18n.KK), w.somebody("secretary@example.kz", i18n.RU), w.somebody("member@example.kz", i18n.RU)

	// A citizen proposes a topic, which is accepted and published.
	officer.open("/topics").press("Открыть прием тем").fill("body", body.BIN, "kind", "state_social_order", "place", "150000000", "year", "2026").press("Открыть прием тем")
	citizen.open("/topics").press("Тақырып ұсыну").fill("title.kk", "Ауыл балаларына үйірме", "problem.kk", "Ауылда балалар сабақтан кейін баратын жер жоқ.",
		"evidence.kk", "Ата-аналар жиынында 120 отбасы осыны айтты.", "place", "150000000", "sphere", "youth", "groups", "children", "people", "120", "result.kk", "Балалардың бос уақыты пайдалы өтеді.",
		"indicators.0.name.kk", "Үйірмеге қатысқан балалар", "indicators.0.target", "120", "years", "1", "sum", "5000000").press("Тақырыпты жіберу")
	officer.open("/desk").press("Ответить на предложенную тему").fill("state", "accepted").both("reason", "Мәселе нақты, дерегі бар.", "Проблема подтверждена, данные есть.").press("Опубликовать ответ")
	w.Clock.Advance(31 * 24 * time.Hour)
	officer.open("/desk").press("Опубликовать принятые темы с суммами").fill("sum.*", "5000000").press("Опубликовать список")

	// Its money is set aside, and a call is announced.
	officer.open("/programmes").press("Новая программа").both("title", "Ауыл балалары", "Дети села").both("about", "Ауыл балаларына қызметтер.", "Услуги для детей села.").
		fill("funder", body.BIN, "place", "150000000", "from", "2026", "to", "2027", "years.0.year", "2026", "years.0.sum", "20000000").press("Сохранить")
	officer.press("Добавить бюджет").both("title", "Ауыл балаларына", "На детей села").fill("place", "150000000", "kind", "state_social_order", "years.0.ceiling", "15000000").press("Сохранить")
	officer.press("Утвердить актом").fill("sum", "15000000", "act", "Решение маслихата № 12", "on", w.day(0)).press("Утвердить год")
	officer.open("/calls/new").fill("funder", body.BIN, "kind", "state_social_order").both("title", "Ауыл балаларына үйірмелер", "Кружки для детей села").
		both("about", "Ауылда балалар үйірмесін ашатын жобаларға.", "Для проектов, которые открывают кружки в сёлах.").fill("place", "150000000", "spheres", "youth").
		fill("rounds.0.opens", w.day(1), "rounds.0.opens_hour", "10:00", "rounds.0.closes", w.day(20), "rounds.0.closes_hour", "18:00", "rounds.0.sum", "10000000", "rounds.0.year", "2026").
		fill("min_sum", "1000000", "max_sum", "6000000", "min_months", "3", "max_months", "12").both("who", "Үкіметтік емес ұйымдар.", "Неправительственные организации.").
		both("criteria.0.name", "Мәселенің өзектілігі", "Значимость проблемы").fill("criteria.0.weight", "100", "criteria.0.max", "10", "names", "never").
		both("contacts", "Басқарма, 4-кабинет", "Управление, кабинет 4").press("Сохранить").press("Опубликовать")
	call := officer.at()

	// Two people of an organization write an application, and its lead hands it in.
	w.Clock.Advance(48 * time.Hour)
	staff.open("/calls").press("Ауыл балаларына үйірмелер").press("Өтінім беру").press("Өтінім")
	next := "Сақтап, әрі қарай"
	staff.fill("contact.name", "Байланысшы", "contact.mail", "staff@example.kz", "team", "Екі тәрбиеші мен үйлестіруші, үш жобаны аяқтаған.").press(next)
	staff.fill("lang", "ru", "title.kk", "Ауыл үйірмесі", "title.ru", "Сельский кружок", "summary.kk", "Балаларға үйірме ашамыз.", "summary.ru", "Откроем кружки для детей.", "sphere", "youth", "place", "150000000",
		"starts", "2026-07-01", "ends", "2026-12-31", "need", "В сёлах детям некуда пойти после уроков, это сказали 120 семей на собрании.", "method", "Два педагога ведут занятия трижды в неделю в школе.",
		"lasting", "Педагоги школы продолжат занятия, оборудование останется.", "beneficiaries", "120", "groups.*.code", "children", "groups.*.people", "120").press(next)
	draft := staff.at()
	lead.open(draft).fill("indicators.*.name", "Дети в кружках", "indicators.*.unit", "чел.", "indicators.*.baseline", "0", "indicators.*.target", "120", "indicators.*.source", "листы посещения").press("Сохранить и дальше")
	lead.fill("activities.*.name", "Занятия", "activities.*.from", "2026-07", "activities.*.to", "2026-12").press("Сохранить и дальше")
	lead.fill("lines.*.category", "pay", "lines.*.name", "Педагоги", "lines.*.unit", "мес.", "lines.*.quantity", "6", "lines.*.price", "600000").press("Сохранить и дальше")
	lead.press("Проверить и подать").press("Подать заявку").reads("№ 2026-000001", "Заявка принята")

	// The officer checks it after the deadline and gives it to experts, who are drawn.
	w.Clock.Advance(20 * 24 * time.Hour)
	officer.open("/desk").press("Проверить заявки").press("Сельский кружок").press("Формальная проверка")
	for _, q := range []string{"applicant", "form", "papers", "budget"} {
		officer.fill("check."+q, "yes")
	}
	officer.press("Допустить")
	for _, e := range experts {
		e.open("/desk").press(e.says("Менің бағалайтын жұмыстарым", "Мои работы на оценку")).fill("spheres", "youth", "langs", "ru", "langs", "kk").press(e.says("Сақтау", "Сохранить"))
	}
	officer.open(call).press("Ход конкурса").press("Передать экспертам")
	panel := officer.at()
	officer.press("Зафиксировать списки").fill("party", body.BIN).press("Пригласить сторону").fill("party", council.BIN).press("Пригласить сторону")
	parts := []string{"сандар: 5 17 33 41 8", "числа лотереи 9 22 6 54"}
	adviser.open("/desk").press("Жеребе үшін").fill("hash", panels.CommitTo(parts[0])).press("Хэшті беру")
	officer.open("/desk").press("Дать хэш нашей части").fill("hash", panels.CommitTo(parts[1])).press("Дать хэш")
	adviser.open("/desk").press("Жеребе үшін").fill("value", parts[0]).press("Бөлікті ашу")
	officer.open(panel).press("Наша часть для жребия").fill("value", parts[1]).press("Открыть часть")

	// Experts mark, one of them on a phone; the marks are opened.
	for i, e := range experts {
		e.open("/desk").press(e.says("Жеребеде түскен", "Прочитать и оценить")).press(e.says("Мүдделер қақтығысы жоғы", "Заявление")).fill("none", "yes").press(e.says("Мәлімдеу", "Заявить"))
		e.press(e.says("№ 1", "Работа № 1")).reads(e.says("Ауыл үйірмесі", "Сельский кружок")).fill("points.*", strconv.Itoa(8+i%2), "comment.*", "Потребность подтверждена данными собрания.").press(e.says("Бағаны тапсыру", "Сдать оценку"))
	}
	officer.open("/desk").press("Все оценки сданы").press("Открыть оценки")
	officer.open(call).press("Ход конкурса").press("Порядок по оценкам").reads("Сельский кружок")
	draw := filepath.Join(t.TempDir(), "draw.json")
	must(t, os.WriteFile(draw, []byte(w.Stranger().Get("/api/v1"+panel+"/draw").Body), 0o600))
	run(t, 0, "verify", "draw", draw)

	// The commission meets, decides, and signs its minutes.
	officer.open("/bodies").press("Создать орган").fill("owner", body.BIN, "kind", "commission").both("name", "Байқау комиссиясы", "Конкурсная комиссия").
		fill("place", "150000000", "quorum_from", "all", "majority", "present").press("Сохранить")
	commission := officer.at()
	for _, m := range []struct {
		walker
		duty string
	}{{chair, "chair"}, {secretary, "secretary"}, {member, "member"}} {
		officer.open(commission).press("Ввести члена").fill("email", m.email, "duty", m.duty, "votes", "yes").press("Сохранить")
	}
	secretary.open(commission).press("Назначить заседание").fill("day", w.day(1), "hour", "11:00").both("where", "Мәжіліс залы", "Зал заседаний").press("Сохранить")
	meeting := strings.TrimSuffix(secretary.at(), "/plan")
	officer.open(call).press("Ход конкурса").press("Подготовить решение").press("Вынести на рассмотрение").press("Внести в повестку")
	decision := officer.at()
	secretary.open(meeting).press("Подготовка заседания").fill("hurry", "Заявители ждут решения").press("Пригласить членов")
	w.Clock.Advance(25 * time.Hour)
	secretary.open(meeting).press("Войти на заседание").fill("here", "*").press("Открыть заседание").press("Поставить на голосование")
	chair.open(meeting).press("Отырысқа кіру").press("Жақтаймын")
	member.open(meeting).press("Войти на заседание").press("За")
	secretary.open(meeting).press("Войти на заседание").press("За").press("Завершить голосование").press("Закрыть заседание")
	secretary.open(meeting).press("Протокол").press("Подписать протокол")
	chair.open("/desk").press("Хаттамаға қол қою").press("Хаттамаға қол қою")

	// The decision is published, and the agreement is signed by both sides.
	officer.open(decision).press("Объявить решение")
	officer.open("/desk").press("Прочитать текст договора").press("Изменить текст").both("sanctions", "Есеп кешіксе, төлем тоқтайды.", "При опоздании отчёта выплаты приостанавливаются.").
		both("reason", "Жауапкершілік қосылды.", "Добавлена ответственность.").press("Сохранить версию").press("Согласиться с текстом")
	agreement := officer.at()
	lead.open("/desk").press("Прочитать текст договора").press("Согласиться с текстом").fill("way", "copy").attach("signature", "signed.txt", "подписано").press("Передать подпись")
	officer.open(agreement).fill("way", "copy").attach("signature", "signed.txt", "подписано").press("Передать подпись")

	// The project runs and knows where it came from.
	lead.open(agreement).press("Страница проекта").reads("Сельский кружок", "Транш 1").press("Конкурс").reads("Кружки для детей села")
}
