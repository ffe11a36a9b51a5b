package awards

import (
	"crypto/ed25519"
	"strings"
	"testing"

	"birge/internal/platform/problem"
)

// key is a pair of keys made of nothing.
func key() (signer, checker) {
	private := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	public := private.Public().(ed25519.PublicKey)
	return func(data []byte) (string, []byte) { return "k1", ed25519.Sign(private, data) },
		func(id string, data, signature []byte) bool {
			return id == "k1" && ed25519.Verify(public, data, signature)
		}
}

func TestOneChangedLetterOfACode(t *testing.T) {
	sign, check := key()
	facts := Facts{Number: "2026-000001", To: "«Ел бірлігі» ҚБ", For: "Үздік ауыл ҮЕҰ-ы", Award: "Қамқор", By: "Әкімдік", On: "2026-05-04"}
	code, err := facts.Code(sign)
	if err != nil {
		t.Fatal(err)
	}
	for _, typed := range []string{code, " " + code[:20] + "\n" + code[20:], "https://birge.example/kk/certificates/check#" + code} {
		if got, err := ReadCode(typed, check); err != nil || got != facts {
			t.Errorf("%q reads as %+v, %v", typed, got, err)
		}
	}
	for i := range code {
		other := byte('A')
		if code[i] == other {
			other = 'B' // differs in the last bit, which in the last letter of a part means nothing
		}
		if _, err := ReadCode(code[:i]+string(other)+code[i+1:], check); !problem.Is(err, problem.Invalid) {
			t.Fatalf("with the letter %d changed it reads as %v", i, err)
		}
	}
	for _, wrong := range []string{"", "a.b", "..", "a.b.c.d", strings.Repeat("я", 50)} {
		if _, err := ReadCode(wrong, check); !problem.Is(err, problem.Invalid) {
			t.Errorf("%q reads as %v", wrong, err)
		}
	}
}

func TestOneChangedByteOfAFile(t *testing.T) {
	sign, check := key()
	file := Seal([]byte("%PDF-1.4 куәлік %%EOF"), "2026-000001", sign)
	if number, err := ReadSeal(file, check); err != nil || number != "2026-000001" {
		t.Fatalf("%s, %v", number, err)
	}
	for i := range file {
		other := append([]byte(nil), file...)
		other[i] ^= 1
		if number, err := ReadSeal(other, check); err == nil {
			t.Fatalf("with the byte %d changed it is still %s", i, number)
		}
	}
	if _, err := ReadSeal(append(file, "more"...), check); err == nil {
		t.Error("something after the seal is taken")
	}
	if _, err := ReadSeal([]byte("%PDF"), check); problem.As(err).Key != "awards.file.unsealed" {
		t.Errorf("a file without a seal: %v", err)
	}
}
