package orgs

// BIN reads a business identification number: 12 digits, spaces around them
// left out. ok is false when the digits, the month of registration, the kind of
// entity or the check digit are wrong.
//
// The check digit is the sum of the first eleven digits weighted 1…11, modulo
// 11; when that is 10, weighted 3…11, 1, 2; when that is 10 too, the number is
// never issued.
func BIN(s string) (bin string, ok bool) {
	bin = trimmed(s)
	if len(bin) != 12 || !digitsOnly(bin) {
		return "", false
	}
	month := int(bin[2]-'0')*10 + int(bin[3]-'0')
	if month < 1 || month > 12 || bin[4] < '4' || bin[4] > '6' || bin[5] > '3' {
		return "", false
	}
	check, ok := checkDigit(bin[:11])
	return bin, ok && bin[11] == check
}

// checkDigit gives the twelfth digit of a BIN or an IIN; ok is false for a
// number that is never issued.
func checkDigit(first string) (digit byte, ok bool) {
	for _, shift := range []int{0, 2} {
		sum := 0
		for i := range 11 {
			weight := (i+shift)%11 + 1
			sum += weight * int(first[i]-'0')
		}
		if sum %= 11; sum < 10 {
			return byte('0' + sum), true
		}
	}
	return 0, false
}

func digitsOnly(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
