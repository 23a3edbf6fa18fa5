// The one kind of error that is shown to a user as it is.
#pragma once

#include <stdexcept>

namespace drift {

/// Something the user can put right: an unknown key, a value out of range, a file that is not ours. The text is one
/// sentence that names the key, what was given and what is accepted.
class UserError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A run that could not go on, for instance because no particle explains the observation. Says at which step.
class RunError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace drift
