package app_test

import (
	"net/http"
	"regexp"
	"sync/atomic"
	"testing"
	"time"

	"birge/internal/birgetest"
	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// visitor is somebody without an account, on a phone.
func (w *walk) visitor(name string, lang i18n.Lang) walker {
	w.readers[name] = w.Stranger()
	return walker{w, name, lang, 360}
}

// visit shows a page to somebody without an account.
func (p walker) visit(path string) walker {
	p.t.Helper()
	p.b.Width(p.width)
	p.b.OpenAs(p.readers[p.email], "/"+string(p.lang)+path)
	p.whole("visiting " + path)
	return p
}

// mailed is the newest address on the portal that a letter gave to somebody.
func (w *walk) mailed(to, door string) string {
	w.t.Helper()
	var text string
	must(w.t, w.DB.View(w.t.Context(), func(tx *db.Tx) (err error) {
		text, err = db.One(w.t.Context(), tx, db.Value[string], `SELECT text FROM mail_outbox WHERE recipient = $1 AND text LIKE $2 ORDER BY id DESC LIMIT 1`, to, "%"+door+"%")
		return err
	}))
	return regexp.MustCompile(regexp.QuoteMeta(door) + `\S+`).FindString(text)
}

// A remark in the hall becomes a promise that somebody owes by a date, and the next
// forum begins with what became of it: by pages alone, in Kazakh and in Russian.
func TestAForumIsHeldToItsWord(t *testing.T) {
	b := birgetest.Browse(t)
	w := &walk{World: birgetest.StartIn(t, t.TempDir(), ""), t: t, b: b, readers: map[string]*birgetest.Reader{}}
	region, _ := w.Places.Tree().ByKATO("150000000")
	body := w.organization("state_body", "150140000012", region.ID, i18n.Text{KK: "Ішкі саясат басқармасы", RU: "Управление внутренней политики", EN: "Department of Internal Policy"})
	ngo := w.organization("ngo", "230940123450", region.ID, i18n.Text{KK: "«Жасыл дала» қоры", RU: "ОФ «Жасыл дала»", EN: "Zhasyl dala Foundation"})
	owner, err := w.Orgs.Create(t.Context(), access.Portal("test"), orgs.Draft{Kind: "state_body", BIN: "100241000776", PlaceID: region.ID, Mail: "office@body.example.kz", Founded: db.Day(2015, time.March, 1),
		Name: i18n.Text{KK: "Білім басқармасы", RU: "Управление образования", EN: "Department of Education"}})
	must(t, err)
	held := func(role access.Role, at ref.Ref) birgetest.Held { return birgetest.Held{Role: role, For: at} }
	officer := w.somebody("officer@example.kz", i18n.RU, held(access.Officer, region.Ref()))
	lead := w.somebody("lead@example.kz", i18n.KK, held(access.Lead, ngo.Ref()))
	clerk := w.somebody("clerk@example.kz", i18n.RU, held(access.Staff, owner.Ref()))
	guest, office := w.visitor("guest@example.kz", i18n.KK), w.visitor("office", i18n.RU)

	// A forum is planned and announced, and its programme released.
	officer.open("/forums").press("Новый форум").both("title", "Облыстық азаматтық форум", "Областной гражданский форум").both("theme", "Бірге шешеміз", "Решаем вместе").
		fill("organizer", body.BIN, "place", "150000000", "from", w.day(10), "until", w.day(10), "opens", w.day(0), "closes", w.day(9)).press("Сохранить").press("Объявить форум")
	forum := officer.at()
	officer.press("Планирование программы").press("Добавить заседание").fill("kind", "plenary").both("title", "Пленарлық отырыс", "Пленарное заседание").
		fill("day", w.day(10), "starts", "10:00", "ends", "12:00").press("Сохранить").press("Выпустить программу")

	// Somebody without an account registers with a delegation and adds a member.
	guest.visit(forum).press("Тіркелу").fill("name", "Айгүл Сейітқызы", "email", "guest@example.kz", "kind", "ngo", "place", "150000000", "delegation", "Көл ауданы", "consent", "yes").press("Тіркелу")
	officer.open(forum+"/people").press("Установить места").fill("who", "everybody", "seats", "300").press("Сохранить")
	officer.open(forum + "/people").press("Допустить всех")
	pass := w.mailed("guest@example.kz", "/registrations/")
	guest.visit(pass).press("Менің делегациям").press("Мүше қосу").fill("name", "Ерлан Асанұлы", "kind", "ngo", "place", "150000000", "consent", "yes").press("Сақтау").reads("Ерлан Асанұлы")
	officer.open(forum + "/people").press("Допустить всех")

	// On the day a phone without a network lets the guest in, twice, and brings it home.
	w.Clock.Advance(10 * 24 * time.Hour)
	var down atomic.Bool
	phone, road := birgetest.Browse(t), wire(t, w.URL, &down)
	officer.open(forum).press("Вход").fill("name", "Главный вход").press("Добавить устройство")
	phone.Width(360)
	phone.Open(road + "/kk" + officer.at())
	phone.Await("[data-open]")
	phone.Click("[data-open]")
	phone.Await("[data-scan]")
	await(t, phone, `caches.open("birge-door").then(c => c.keys()).then(k => k.length >= 5 && navigator.serviceWorker.controller !== null)`)
	down.Store(true)
	phone.Open(road + "/kk/door")
	phone.Await("[data-scan]")
	code := regexp.MustCompile(`\b[0-9A-Z]{7}\b`).FindString(guest.visit(pass).text())
	for range 2 {
		phone.Type("#code", code+"\r")
	}
	await(t, phone, `document.querySelector("[data-left]").textContent == "2"`)
	down.Store(false)
	phone.Click("[data-send]")
	await(t, phone, `document.querySelector("[data-left]").textContent == "0"`)
	officer.open(forum + "/door").reads("Пришли 1")

	// In the hall the guest asks for the word, and votes.
	guest.visit(pass).press("Залға кіру").press("Сөз сұрау")
	hall := guest.at()
	officer.open(forum).press("Управление залом").press("Ссылка модератора").reads("Айгүл Сейітқызы").press("Дать слово").press("Закончить").
		both("subject", "Ауыл мектептерінде үйірме ашылсын ба?", "Открыть кружки в сельских школах?").fill("manner", "open").press("Открыть голосование")
	leads := officer.at()
	guest.visit(hall).fill("choice", "0").press("Дауыс беру")
	guest.visit(hall).fill("text", "Ауылда жылдам интернет қашан болады?").press("Сұрақ қою")
	officer.open(leads).press("Показать залу")
	officer.open(leads).press("Закрыть и подсчитать").reads("Поддержано")

	// What was said becomes a proposal, a point of the draft, an amendment, a decision.
	officer.open(forum).press("Начать документ этого форума").both("title", "Форум қарары", "Резолюция форума").fill("place", "150000000").press("Начать документ")
	officer.press("Предложения").press("Пленарное заседание").press("Внести прозвучавшее").press("Внести как предложения").reads("Ауылда жылдам интернет қашан болады?")
	lead.open(forum).press("Ұсыныс енгізу").fill("text", "Әр ауыл мектебінде тегін үйірме ашылсын.", "lang", "kk", "org", ngo.ID.String()).press("Ұсыныс енгізу")
	proposal := lead.at()
	officer.open(proposal).press("Сделать пунктом документа").fill("kk", "Әр ауыл мектебінде үйірме ашылсын.", "ru", "Открыть кружок в каждой сельской школе.", "asks", "yes").press("Написать пункты")
	draft := officer.at()
	officer.press("Вынести на обсуждение").fill("until", w.day(5)).press("Вынести на обсуждение")
	lead.open(draft).press("Түзету ұсыну").fill("act", "replace").both("text", "Әр ауыл мектебінде тегін үйірме ашылсын.", "Открыть бесплатный кружок в каждой сельской школе.").
		fill("why", "Ақылы үйірмеге бәрі бара алмайды.").press("Жіберу")
	amendment := lead.at()
	officer.open(amendment).press("Дать рекомендацию").fill("advice", "adopt").press("Сохранить").press("Решить по рекомендации")
	officer.open(draft).reads("Редакция 2", "бесплатный").press("Ответственный, срок, мера").fill("bin", owner.BIN, "due", w.day(60), "measure", "Кружок работает в каждой сельской школе").press("Сохранить")
	document := regexp.MustCompile(`^/resolutions/[0-9a-z]+`).FindString(draft)
	officer.open(document).press("Принять").fill("on", w.day(0), "answer_by", w.day(10)).press("Принять")

	// The owner answers by a mailed link and tells that it is done; who proposed it
	// does not agree.
	officer.open(document).press("1. Открыть бесплатный кружок").press("Отправить ссылку для ответа")
	item := officer.at()
	office.visit(w.mailed("office@body.example.kz", "/answers/")).fill("accept", "yes").press("Отправить")
	if again := w.Stranger().Get("/ru" + w.mailed("office@body.example.kz", "/answers/")); again.Status == http.StatusOK {
		t.Error("a mailed link answers twice")
	}
	w.Clock.Advance(30 * 24 * time.Hour)
	clerk.open(item).press("Ход или исполнение").fill("proof", "Приказ № 14 от сегодняшнего дня").press("Сообщить об исполнении")
	lead.open(item).press("Растау немесе даулау").fill("confirm", "no", "why", "Екі ауылда үйірме әлі ашылған жоқ.").press("Жіберу")

	// The next forum begins with the report of the last.
	officer.open("/resolutions").press("Начать документ").both("title", "Келесі форум қарары", "Резолюция следующего форума").fill("place", "150000000", "previous", regexp.MustCompile(`[0-9a-z]+$`).FindString(document)).press("Начать документ")
	officer.press("Отчёт об исполнении прошлого документа").reads("Оспорено", "Открыть бесплатный кружок")
	guest.visit(document+"/delivery").reads("Дауланды", "Білім басқармасы")
}
