"""The columns of a staff file: the headings of an ESR extract, what else they are called, what they hold."""

from registry.transfers.columns import Column, Columns

STAFF_COLUMNS: tuple[Column, ...] = (
    Column(
        "staff_number",
        "Employee Number",
        "The ESR employee number. Keep leading zeros: format the column as text.",
        "00012345",
        ("Employee No", "Staff Number", "Payroll Number"),
        required=True,
    ),
    Column("given_name", "First Name", "As the person writes it.", "Zoë", ("Forename", "Given Name"), required=True),
    Column(
        "family_name", "Last Name", "As the person writes it.", "O’Neill", ("Surname", "Family Name"), required=True
    ),
    Column(
        "email",
        "Work Email",
        "Opens the person’s account. Without it they are on the registry but cannot sign in.",
        "zoe.oneill@trust.example",
        ("Email", "Email Address", "Work Email Address", "E-mail", "Work E-mail"),
    ),
    Column(
        "staff_group",
        "Staff Group",
        "The ESR staff group. People of groups without a clinical register are left out.",
        "Nursing and Midwifery Registered",
        ("Main Staff Group", "Staff Group Name"),
    ),
    Column("job_role", "Job Role", "The ESR job role.", "Specialist Nurse Practitioner", ("Role",)),
    Column(
        "position",
        "Position Title",
        "The job title. The job role stands in where it is empty.",
        "Matron",
        ("Job Title", "Position", "Position Name"),
    ),
    Column(
        "band",
        "Pay Band",
        "Like 8a, VSM, Consultant or Specialty registrar.",
        "8a",
        ("Grade", "Pay Grade", "Band", "Pay Scale", "Pay Scale Description"),
    ),
    Column(
        "started_on",
        "Date Started",
        "The first day in this post: 2024-03-15, 15/03/2024 or 15-MAR-2024.",
        "2024-03-15",
        ("Start Date", "Start Date In Position", "Position Start Date"),
    ),
    Column(
        "profession",
        "Profession",
        "Worked out from the registration and the job role where it is empty.",
        "Nurse",
        ("Clinical Profession",),
    ),
    Column("sector", "Sector", "Like Acute or Mental health. The upload’s own sector where it is empty.", "Acute"),
    Column(
        "department",
        "Department or Service",
        "Where the person works, like Emergency department. Groups people in figures and lists.",
        "Emergency department",
        ("Department", "Service", "Directorate", "Organisation Level 4"),
    ),
    Column(
        "career_stage",
        "Career Stage",
        "Student, Practitioner or Experienced. Worked out from the pay band where it is empty.",
        "Experienced",
        ("Stage",),
    ),
    Column(
        "register",
        "Registration Body",
        "Like GMC, NMC or HCPC.",
        "NMC",
        ("Professional Registration Body", "Regulator", "Register", "Professional Body"),
    ),
    Column(
        "registration_number",
        "Registration Number",
        "With its leading zeros and letters.",
        "12A3456E",
        ("Professional Registration Number", "Registration No", "Registration or Membership Number", "PIN"),
    ),
    Column("registration_status", "Registration Status", "Registered where it is empty.", "Registered"),
    Column(
        "line_manager",
        "Line Manager Employee Number",
        "The manager’s employee number; the manager may stand anywhere in the file.",
        "00012001",
        ("Supervisor Employee Number", "Manager Employee Number", "Line Manager Number"),
    ),
    Column(
        "appraiser",
        "Appraiser Email",
        "The e-mail address of somebody who holds the appraiser role at this organisation.",
        "appraiser@trust.example",
        ("Appraiser E-mail", "Appraiser Email Address"),
    ),
)
BY_KEY = {column.key: column for column in STAFF_COLUMNS}

_columns = Columns(STAFF_COLUMNS, like="Employee Number, First Name and Last Name")
known, understand = _columns.known, _columns.understand
