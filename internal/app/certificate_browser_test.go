package app_test

import (
	"strconv"
	"strings"
	"testing"

	"birge/internal/awards"
	"birge/internal/birgetest"
	"birge/internal/platform/access"
	"birge/internal/platform/i18n"
)

// toldOf brings another code into the address of the page that checks certificates, as
// a QR code does, and gives what the page finds.
const toldOf = `(code => {
	const box = document.getElementById("check");
	box.dataset.checked = "waits";
	return new Promise(done => {
		new MutationObserver((_, watch) => {
			if (box.dataset.checked === "waits") return;
			watch.disconnect();
			done(box.dataset.checked);
		}).observe(box, { attributes: true });
		location.hash = code;
	});
})`

// Once loaded the page checks certificates without a network: what the portal signed is
// genuine, one changed letter is not, and what was taken back is told apart.
func TestACertificateIsCheckedWithoutANetwork(t *testing.T) {
	b := birgetest.Browse(t)
	s := birgetest.StartSample(t)
	rounds, err := s.Awards.Rounds(t.Context())
	must(t, err)
	var list []awards.Certificate
	for _, r := range rounds {
		if r.State == awards.Decided {
			st, err := s.Awards.Story(t.Context(), access.Actor{}, r.ID)
			must(t, err)
			list = append(list, st.Certificates...)
		}
	}
	good, revoked := list[0], list[1]
	must(t, s.Awards.Revoke(t.Context(), access.Portal("test"), revoked.ID, 0, i18n.Only(i18n.RU, "Ошибка")))
	must(t, s.AwaitFeed(t.Context()))
	b.Width(360)
	b.Open(s.URL + "/ru/certificates/check#" + good.Code)
	b.Await(`#check[data-checked="good"]`)
	if told := b.Reads("#check dl"); !strings.Contains(told, good.Number) || !strings.Contains(told, "г.") {
		t.Errorf("the page tells of the certificate %q", told)
	}
	asked := birgetest.Eval[int](b, `window.fetch = XMLHttpRequest = () => { throw "no network" }, performance.getEntriesByType("resource").length`)
	check := func(code, want string) {
		t.Helper()
		if got := birgetest.Eval[string](b, toldOf+"("+strconv.Quote(code)+")"); got != want {
			t.Errorf("the page finds %q, want %q", got, want)
		}
	}
	check(revoked.Code, "revoked")
	if told := b.Reads("#check"); !strings.Contains(told, "отозван") || !strings.Contains(told, revoked.Number) {
		t.Errorf("the page tells of what was taken back %q", told)
	}
	for at := 0; at < len(good.Code); at += 23 {
		other := "A"
		if good.Code[at:at+1] == other {
			other = "B"
		}
		check(good.Code[:at]+other+good.Code[at+1:], "bad")
	}
	last := good.Code[len(good.Code)-1]
	check(good.Code[:len(good.Code)-1]+string(last^1), "bad") // its last bit means nothing
	if told := b.Reads("#check"); strings.Contains(told, good.Number) || !strings.Contains(told, "не сходится") {
		t.Errorf("of a changed code the page tells %q", told)
	}
	check(good.Code, "good")
	if now := birgetest.Eval[int](b, `performance.getEntriesByType("resource").length`); now != asked {
		t.Errorf("the page asked the network %d times", now-asked)
	}
	for _, v := range b.Violations() {
		t.Errorf("%s (%s)\n  %s", v.ID, v.Help, strings.Join(v.Nodes, "\n  "))
	}
	if by := b.ScrollsSideways(); by > 0 {
		t.Errorf("scrolls sideways by %d", by)
	}
}
